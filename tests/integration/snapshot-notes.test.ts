// The file that says what a snapshot is, when a pin is written into it: whole at every moment, and otherwise as it was.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseMetadata } from "../../src/domain/snapshot-metadata.ts";
import { notePin } from "../../src/system/snapshot-notes.ts";
import { fillUp, withSmallDisk } from "../support/small-disk.ts";
import { runTool } from "../support/tool.ts";

const NAME = "20261123T021500Z-manual-3fa9c1";
const PIN = { reason: "why", until: new Date("2027-01-31T12:00:00Z"), by: "ada" };
const MUST = `"version": 1, "host": "nas", "name": "${NAME}", "kind": "manual", "status": "succeeded",
  "startedAt": "2026-11-23T02:15:00.123Z", "finishedAt": "2026-11-23T02:16:10.456Z"`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pobsync-notes-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A snapshot with this snapshot.json, or with something else under its name. */
function snapshotIn(where: string, text: string): string {
  const folder = join(where, "nas", "snapshots", NAME);
  mkdirSync(join(folder, "data"), { recursive: true });
  writeFileSync(join(folder, "snapshot.json"), text);
  return join(folder, "snapshot.json");
}
const note = (pin: typeof PIN | null, draft = "00", where = root) => notePin(where, "nas", NAME, pin, draft);

it("leaves everything else as it was, also numbers that this language rounds and fields of newer versions", async () => {
  const path = snapshotIn(
    root,
    `{${MUST}, "runId": 12345678901234567890, "share": 1.0, "tiny": 1e-400, "later": {"pin": [1.50, "\\ud800"]}, "__proto__": 7}`,
  );
  expect(await note(PIN)).toBe("written");
  const pinned = readFileSync(path, "utf8");
  expect(parseMetadata(pinned)).toMatchObject({ pin: PIN });
  for (const kept of [
    '"runId": 12345678901234567890',
    '"share": 1.0',
    '"tiny": 1e-400',
    "1.50",
    '"\\ud800"',
    '"__proto__": 7',
  ])
    expect(pinned).toContain(kept);
  expect(await note(null)).toBe("written");
  expect(readFileSync(path, "utf8")).toBe(pinned.replace(/"pin": \{[^}]*\}\n\}/, '"pin": null\n}'));
});

it("writes nothing when it says the same already", async () => {
  const path = snapshotIn(root, `{${MUST}}`);
  expect(await note(null)).toBe("unchanged");
  expect(readFileSync(path, "utf8")).toBe(`{${MUST}}`);
});

it("says that there is no snapshot, and refuses what is none", async () => {
  expect(await note(PIN)).toBe("no-snapshot");
  const path = snapshotIn(root, "");
  const refusals: [string, () => unknown][] = [
    ["cannot be read, it is not JSON", () => {}],
    ["cannot be read, it is not a JSON object", () => writeFileSync(path, "[]")],
    ["cannot be read, its version 2 is newer", () => writeFileSync(path, `{${MUST.replace("1,", "2,")}}`)],
    ["is not a plain file", () => truncateSync(path, 65 * 1024 * 1024)],
    ["is not a plain file", () => rmSync(path)],
    ["is not a plain file", () => symlinkSync("/etc/hostname", path)],
    ["is not a plain file", () => runTool("ln", ["-sf", "/dev/zero", path])],
    ["is not a plain file", () => rmSync(path)],
    ["is not a plain file", () => runTool("mkfifo", [path])],
  ];
  for (const [why, arrange] of refusals) {
    await arrange();
    await expect(note(PIN), why).rejects.toThrow(why);
    expect(readdirSync(join(path, "..")).filter((name) => name.endsWith(".new"))).toEqual([]);
  }
  rmSync(join(path, ".."), { recursive: true });
  symlinkSync(root, join(path, ".."));
  await expect(note(PIN)).rejects.toThrow(expect.objectContaining({ code: "not_our_snapshot" }));
});

it("is whole whenever somebody reads it while many write at once, and what stays is one of theirs", async () => {
  const path = snapshotIn(root, `{${MUST}, "filler": "${"x".repeat(100_000)}"}`);
  const reasons = Array.from({ length: 8 }, (_, n) => `writer ${n}`);
  let open = reasons.length;
  const writers = reasons.map((reason, n) =>
    note({ ...PIN, reason }, `${n}`).finally(() => {
      open -= 1;
    }),
  );
  const seen = new Set<string>();
  while (open > 0) {
    const found = parseMetadata(readFileSync(path, "utf8"));
    if (typeof found === "string") throw new Error(found);
    seen.add(found.pin?.reason ?? "");
    await new Promise(setImmediate);
  }
  await Promise.all(writers);
  expect(["", ...reasons]).toEqual(expect.arrayContaining([...seen]));
  expect(readdirSync(join(path, "..")).sort()).toEqual(["data", "snapshot.json"]);
});

it("leaves no draft on a full disk, and the old file whole", async () => {
  await withSmallDisk({ megabytes: 4 }, async (disk) => {
    const text = `{${MUST}, "filler": "${"x".repeat(100_000)}"}`;
    const path = snapshotIn(disk, text);
    fillUp(join(disk, "filler"));
    await expect(note(PIN, "00", disk)).rejects.toMatchObject({ code: "ENOSPC" });
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(readdirSync(join(path, "..")).sort()).toEqual(["data", "snapshot.json"]);
  });
});
