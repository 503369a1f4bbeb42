// Every page with real data: for those who cannot see, cannot tell colours apart, use a phone, or have very long names.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { allPages, faultsOf } from "../support/all-pages.ts";
import { type Visit, visit } from "../support/visit.ts";

/** As long as a name may be, and without any place where it could be broken. */
const LONG = "averylonghostnamewithoutanybreak".repeat(2).slice(0, 63);

let at: Visit;
let known: Record<string, string>;
beforeAll(async () => {
  at = await visit();
  const { site } = at;
  const source = join(site.world.hostDir, "documents");
  mkdirSync(join(source, "n".repeat(200)), { recursive: true });
  writeFileSync(join(source, "letter.txt"), "Dear Ada,\n");
  await site.addHost(LONG, [source], { keepLast: 1 });
  await site.addHost("www", [source], { sources: [join(site.world.hostDir, "not-there")] });
  await site.addHost("nas", [source], { enabled: false });
  await site.ask("POST", `/api/hosts/${LONG}/schedules`, { cron: "15 2 * * *", prune: true });
  await site.backUp(LONG);
  writeFileSync(join(source, "letter.txt"), "Dear Ada, dear Bob,\n");
  const { id, snapshot } = await site.backUp(LONG);
  await site.backUp("www");
  await site.ask("PUT", `/api/hosts/${LONG}/snapshots/${snapshot}/pin`, { reason: "before the migration" });
  await site.ask("POST", "/api/tokens", { name: "monitoring", role: "viewer", expiresAt: "90d" });
  const settings = { server: "https://ntfy.example.org", topic: "t".repeat(64) };
  await site.ask("POST", "/api/channels", { name: LONG.slice(0, 60), kind: "ntfy", settings });
  known = { $host: LONG, $id: `${id}`, $snapshot: snapshot, $source: encodeURIComponent(source) };
});
afterEach((test) => at.check(test));
afterAll(() => at.close());

const MORE = [
  ...["/hosts/www", "/runs/3", "/find?q=letter", "/hosts/$host/retention?view=calendar"],
  ...[
    "/hosts/$host/files?path=$source",
    "/settings?tab=installation",
    "/settings?tab=notifications",
    "/snapshots?tab=trash",
    "/hosts/nobody",
  ],
];

describe("with real data and a very long name", () => {
  it.each([...allPages(), ...MORE])(
    "%s has no barrier, fits a phone, and complains of nothing, in light and in dark",
    async (pattern) => {
      const path = pattern.replace(/\$\w+/g, (part) => known[part] ?? part);
      expect(path).not.toContain("$");
      expect(await faultsOf(at, path)).toEqual([]);
    },
  );
});
