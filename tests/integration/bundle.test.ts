// What every command loads stays small: the chunk that most of them share pulls none of the larger ones along.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

/** Chunks that a chunk loads at once, itself and through others. */
function loadedBy(chunk: string, known = new Set<string>()): Set<string> {
  const code = readFileSync(`${dist}${chunk}`, "utf8");
  for (const [, name = ""] of code.matchAll(/^(?:import|export) .*?from "\.\/([\w-]+\.js)";$/gm)) {
    if (known.has(name)) continue;
    known.add(name);
    loadedBy(name, known);
  }
  return known;
}

it.each(["core.js", "status.js", "hosts.js", "runs.js"])(
  "%s loads neither calendars, nor retention, nor people, nor what works on disks",
  (chunk) => {
    const large = ["calendar.js", "retention.js", "work.js", "people.js", "mysql2.js", "hasher.js"];
    expect([...loadedBy(chunk)].filter((name) => large.includes(name))).toEqual([]);
  },
);

it("--help loads no database", () => {
  expect([...loadedBy("pobsync.js")]).not.toContain("core.js");
});
