// What a browser fetches before it shows anything, as it was built: for production, and no more than was promised.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const BUILT = fileURLToPath(new URL("../../../dist-web", import.meta.url));
const PROMISED_BYTES = 250_000;

describe("the first load of the console", () => {
  it("is below 250 kB compressed, with its letters and the dashboard", () => {
    const page = readFileSync(join(BUILT, "index.html"), "utf8");
    const linked = [...page.matchAll(/\/assets\/[^"]+\.(?:js|css)/g)].map(([path]) => `${path}.br`);
    const more = readdirSync(join(BUILT, "assets")).filter((name) =>
      /^inter-latin-wght.*\.woff2$|^(dashboard|way-in|console|toast-list)-.*\.js\.br$/.test(name),
    );
    expect(linked.length).toBeGreaterThan(3);
    const files = new Set([...linked, ...more.map((name) => `/assets/${name}`)]);
    const bytes = [...files].reduce((sum, path) => sum + statSync(join(BUILT, path)).size, 0);
    expect(bytes).toBeLessThan(PROMISED_BYTES);
  });

  it("has none of the checks that a library makes while one develops", () => {
    const scripts = readdirSync(join(BUILT, "assets")).filter((name) => name.endsWith(".js"));
    expect(scripts.length).toBeGreaterThan(10);
    for (const name of scripts)
      expect(readFileSync(join(BUILT, "assets", name), "utf8"), name).not.toContain(
        "Download the React DevTools",
      );
  });
});
