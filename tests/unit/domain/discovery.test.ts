// What lies on a disk, held against what SQL knows.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareWithRecords,
  type FoundSnapshot,
  foundSnapshot,
  type OnDisk,
} from "../../../src/domain/discovery.ts";
import { SNAPSHOT_STATES, type Snapshot, type SnapshotState } from "../../../src/domain/snapshot.ts";
import type { SnapshotMetadata } from "../../../src/domain/snapshot-metadata.ts";

const metadata: SnapshotMetadata = {
  ...{ version: 1, host: "web1", kind: "manual", status: "warning", name: null, runId: 7, base: null },
  ...{ startedAt: new Date(0), finishedAt: new Date(1000), sources: null, pin: null },
  ...{ stats: null, warnings: [], logTellsAll: false, configuration: null, adopted: null, fakeSuper: false },
};

/** A snapshot that began at that second. */
const snapshot = (name: string, second: number, base: string | null = null): FoundSnapshot =>
  foundSnapshot(name, { ...metadata, startedAt: new Date(second * 1000), base });
const record = (name: string, state: SnapshotState) => ({ name, state }) as Snapshot;
const onDisk = (found: FoundSnapshot[], unclear: string[] = [], trashed: string[] = []): OnDisk => ({
  found,
  unclear: new Set(unclear),
  trashed: new Set(trashed),
});

describe("the record of a snapshot that lies on disk", () => {
  it("has what its metadata says, and no count that none can be", () => {
    const stats = { files: 3, bytes: -1, newBytes: 0.5 } as SnapshotMetadata["stats"];
    const shrunk = { code: "snapshot_shrunk", message: "x".repeat(2000), hint: "", detail: null };
    const pin = { reason: "kept", until: null, by: "ada" };
    const found = foundSnapshot("one", { ...metadata, stats, pin, warnings: [7, shrunk] });
    expect(found).toMatchObject({ name: "one", files: 3, bytes: null, newBytes: null, pin, runId: 7 });
    expect(found.anomaly).toBe("x".repeat(1000));
  });

  it("names the tree of another tool only where that still lies there", () => {
    const adopted = { tool: "plain", path: "/old/a", hostPath: "/", moved: false, inode: 1, folder: null };
    expect(foundSnapshot("one", { ...metadata, adopted }).adoptedFrom).toBe("/old/a");
    expect(
      foundSnapshot("one", { ...metadata, adopted: { ...adopted, moved: true } }).adoptedFrom,
    ).toBeNull();
  });
});

describe("what is not on record", () => {
  const names = (disk: OnDisk, records: Snapshot[] = []) =>
    compareWithRecords(disk, records).unknown.map(({ name, base }) => `${name} on ${base}`);

  it("is recorded oldest first, and each after its base also when a clock was set back", () => {
    expect(names(onDisk([snapshot("c", 3, "b"), snapshot("a", 1), snapshot("b", 9, "a")]))).toEqual([
      "a on null",
      "b on a",
      "c on b",
    ]);
  });

  it("has a base that is on record or will be, and else none; what is its own base in the end is recorded all the same", () => {
    const found = [
      snapshot("a", 1, "gone"),
      snapshot("b", 2, "known"),
      snapshot("c", 3, "d"),
      snapshot("d", 4, "c"),
    ];
    expect(names(onDisk(found), [record("known", "removed")]).sort()).toEqual([
      "a on null",
      "b on known",
      "c on d",
      "d on c",
    ]);
  });
});

it("each snapshot is found or missing by its state and its place, and what is on its way out is left alone", () => {
  const records = SNAPSHOT_STATES.flatMap((state) => [
    record(`${state} here`, state),
    record(`${state} not`, state),
  ]);
  const here = SNAPSHOT_STATES.map((state) => snapshot(`${state} here`, 1));
  const names = (snapshots: readonly { name: string }[]) => snapshots.map(({ name }) => name);
  const { known, returned, gone, missing, unknown } = compareWithRecords(onDisk(here), records);
  expect(known, "complete and removing").toBe(2);
  expect(names(returned).sort()).toEqual(["missing here", "removed here"]);
  expect([names(gone), names(missing), unknown]).toEqual([["complete not"], ["missing not"], []]);
  const unclear = compareWithRecords(onDisk([], ["complete not", "missing not"], ["removing not"]), records);
  expect(names(unclear.gone)).toEqual(["complete here"]);
  expect(names(unclear.missing)).toEqual(["missing here"]);
  expect(unclear.known, "in the trash").toBe(1);
});

it("everything on disk is counted once, whatever is on record", () => {
  const name = fc.constantFrom(..."abcdefgh");
  const state = fc.constantFrom(...SNAPSHOT_STATES);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.record({ name, base: fc.option(name), second: fc.nat(5) }), {
        selector: (one) => one.name,
      }),
      fc.uniqueArray(fc.record({ name, state }), { selector: (one) => one.name }),
      (found, records) => {
        const disk = onDisk(found.map((one) => snapshot(one.name, one.second, one.base)));
        const { unknown, known, returned, gone, missing } = compareWithRecords(
          disk,
          records.map((one) => record(one.name, one.state)),
        );
        expect(unknown.length + known + returned.length).toBe(found.length);
        expect(new Set(unknown.map((one) => one.name)).size).toBe(unknown.length);
        const absent = records.filter((one) => !found.some((other) => other.name === one.name));
        const lost = absent.filter((one) => one.state === "complete" || one.state === "missing");
        expect(gone.length + missing.length).toBe(lost.length);
      },
    ),
  );
});
