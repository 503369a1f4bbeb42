// Snapshots: their names, what they say about themselves, and when one is suspiciously small.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shrinkage } from "../../../src/domain/shrinkage.ts";
import { parseSnapshotName, requireSnapshotName, snapshotName } from "../../../src/domain/snapshot.ts";
import { metadataText, parseMetadata, type SnapshotMetadata } from "../../../src/domain/snapshot-metadata.ts";

const instant = fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true });
const kind = fc.constantFrom("scheduled" as const, "manual" as const);
const suffix = fc.nat({ max: 0xffffff }).map((value) => value.toString(16).padStart(6, "0"));

describe("a snapshot's name", () => {
  it("says when to the second, why and which, and sorts by time", () => {
    fc.assert(
      fc.property(instant, instant, kind, suffix, (a, b, what, which) => {
        const startedAt = new Date(Math.floor(a.getTime() / 1000) * 1000);
        const name = snapshotName({ startedAt: a, kind: what, suffix: which });
        expect(parseSnapshotName(name)).toEqual({ startedAt, kind: what, suffix: which });
        const other = snapshotName({ startedAt: b, kind: what, suffix: which });
        if (Math.floor(a.getTime() / 1000) < Math.floor(b.getTime() / 1000)) expect(name < other).toBe(true);
      }),
    );
  });

  it("is nothing else, above all nothing that leads out of its folder", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseSnapshotName(text)).toBeNull();
      }),
    );
    const good = "20261123T021500Z-manual-3fa9c1";
    expect(requireSnapshotName(good)).toBe(good);
    for (const bad of [
      `../${good}`,
      `${good}/`,
      `${good}\n`,
      "20260231T021500Z-manual-3fa9c1",
      "20261123T246000Z-manual-3fa9c1",
      "20261123T021500Z-retry-3fa9c1",
      "20261123T021500Z-manual-3FA9C1",
      "",
    ])
      expect(() => requireSnapshotName(bad), bad).toThrow("is not the name of one");
  });
});

const whole: SnapshotMetadata = {
  version: 1,
  host: "web1",
  kind: "manual",
  status: "warning",
  startedAt: new Date("2026-11-23T02:15:00.123Z"),
  finishedAt: new Date("2026-11-23T02:16:00.000Z"),
  name: "20261123T021500Z-manual-3fa9c1",
  runId: 7,
  base: null,
  sources: ["/etc", "/srv/new\\nline"],
  stats: {
    ...{ files: 9, regularFiles: 5, directories: 3, symlinks: 1, bytes: 1e12, newFiles: 2, newBytes: 10 },
    ...{ sentBytes: 1, receivedBytes: 2, copiedInsteadOfLinked: 0, durationMs: 60_000 },
  },
  logTellsAll: true,
  warnings: [{ code: "files_vanished", message: "m", hint: "h", detail: null }],
  pin: { reason: "before the migration", until: new Date("2027-01-31T22:59:59.999Z"), by: "ada" },
  configuration: {
    ...{ address: "web1.example.org", transport: "ssh", enabled: true },
    settings: { sshPort: 2222, excludes: ["*.tmp"], keepWithinSeconds: null },
    hostKeys: [
      { type: "ssh-ed25519", key: "AAAAC3NzaC1lZDI1NTE5AAAAIMbGTSNQ7ci8XjbYhFbbXIYxbGmDJ2vQ3kK1dqZBrXk7" },
    ],
  },
  adopted: {
    ...{ tool: "rsnapshot", path: "/old/daily.0/web1", hostPath: "/", moved: true },
    ...{ inode: 12, folder: "/old/daily.0" },
  },
  fakeSuper: true,
};

describe("a snapshot's metadata", () => {
  it("reads back as it was written", () => {
    expect(parseMetadata(metadataText(whole, "0.1.0"))).toEqual(whole);
  });

  it("needs only what nobody could guess", () => {
    const { version, host, kind: what, status, startedAt, finishedAt } = whole;
    const text = JSON.stringify({ version, host, kind: what, status, startedAt, finishedAt, later: "field" });
    expect(parseMetadata(text)).toEqual({
      ...{ version, host, kind: what, status, startedAt, finishedAt },
      ...{
        name: null,
        runId: null,
        base: null,
        sources: null,
        stats: null,
        warnings: [],
        logTellsAll: false,
      },
      ...{ pin: null, configuration: null, adopted: null, fakeSuper: false },
    });
  });

  it("does without a host's configuration that no host can have, and without settings of a later version", () => {
    const configured = (configuration: unknown) => {
      const found = parseMetadata(JSON.stringify({ ...whole, configuration }));
      return typeof found === "string" ? found : found.configuration;
    };
    const { settings, ...rest } = whole.configuration ?? {};
    expect(configured({ ...rest, settings: { ...settings, later: true } })).toEqual(whole.configuration);
    for (const bad of [
      ...[7, "text", [], {}, { ...rest, address: "-oProxyCommand=x" }, { ...rest, transport: "carrier" }],
      { ...rest, settings: { sources: ["relative"] } },
    ])
      expect(configured(bad), JSON.stringify(bad)).toBeNull();
    expect(configured({ ...rest, hostKeys: [7, { type: "x", key: "y" }] })).toMatchObject({ hostKeys: [] });
  });

  it.each([
    ["", "it is not JSON"],
    ["[]", "it is not a JSON object"],
    ["null", "it is not a JSON object"],
    ["{}", "its version is missing"],
    ['{"version":2}', "its version 2 is newer than this program"],
    ['{"version":1}', "its host is missing"],
    ['{"version":1,"host":"w","kind":"retry"}', "its kind is neither scheduled nor manual"],
    [
      '{"version":1,"host":"w","kind":"manual","status":"failed"}',
      "its status is neither succeeded nor warning",
    ],
    [
      '{"version":1,"host":"w","kind":"manual","status":"warning","startedAt":1}',
      "its startedAt or finishedAt is not an instant",
    ],
  ])("%s is refused because %s", (text, reason) => {
    expect(parseMetadata(text)).toBe(reason);
  });

  it("never throws, whatever lies there", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(["string", "object"]).toContain(typeof parseMetadata(text));
      }),
    );
  });
});

describe("a snapshot", () => {
  it.each([
    [{ files: 100, bytes: 1000 }, { files: 49, bytes: 1000 }, "51 % fewer entries"],
    [{ files: 100, bytes: 1000 }, { files: 100, bytes: 10 }, "99 % fewer bytes"],
    [{ files: 100, bytes: 1000 }, { files: 50, bytes: 500 }, null],
    [{ files: 19, bytes: 1000 }, { files: 1, bytes: 1 }, null],
    [{ files: 100, bytes: 0 }, { files: 100, bytes: 0 }, null],
    [{ files: null, bytes: null }, { files: 1, bytes: 1 }, null],
    [{ files: 100, bytes: 1000 }, { files: 500, bytes: 9000 }, null],
  ])("with %j before and %j now shrank by: %s", (before, after, expected) => {
    const found = shrinkage(before, after, 50);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toContain(expected);
    expect(shrinkage(before, after, 100)).toBeNull();
  });
});
