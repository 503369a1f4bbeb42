// What lies on a host's disk, held against what SQL knows of it.
import { anomalyOf } from "./anomaly.ts";
import { parseProblem } from "./problem.ts";
import type { Snapshot } from "./snapshot.ts";
import type { SnapshotMetadata } from "./snapshot-metadata.ts";

/** Something that was found and is no snapshot of the host. */
export interface RefusedEntry {
  /** As path text. */
  readonly path: string;
  /** Why, as the rest of a sentence that begins with the path. */
  readonly why: string;
}

/** What a look at the disk of one host came to. Names are those of snapshots. */
export interface DiscoverResult {
  /** Snapshots on disk: recorded, known and returned ones together. */
  readonly found: number;
  readonly recorded: readonly string[];
  readonly known: number;
  /** On record and not on disk, whether that was noticed now or before. */
  readonly missing: readonly string[];
  /** Were missing, or thought to be removed, and are there. */
  readonly returned: readonly string[];
  readonly refused: readonly RefusedEntry[];
}

/** A snapshot on disk with what its record would say. */
export type FoundSnapshot = Pick<
  Snapshot,
  | ("name" | "kind" | "status" | "startedAt" | "finishedAt" | "base" | "runId")
  | ("files" | "bytes" | "newBytes" | "pin" | "anomaly" | "adoptedFrom" | "fakeSuper")
>;

/** The column's length; a sentence of ours is far shorter. */
const ANOMALY_MAX = 1000;

export function foundSnapshot(name: string, metadata: SnapshotMetadata): FoundSnapshot {
  const { kind, status, startedAt, finishedAt, base, runId, stats, pin, adopted, fakeSuper } = metadata;
  const anomaly = anomalyOf(metadata.warnings.map(parseProblem));
  const count = (value: number | undefined): number | null =>
    value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : null;
  return {
    ...{ name, kind, status, startedAt, finishedAt, base, runId, pin },
    ...{ files: count(stats?.files), bytes: count(stats?.bytes), newBytes: count(stats?.newBytes) },
    anomaly: anomaly === null ? null : anomaly.slice(0, ANOMALY_MAX),
    ...{ adoptedFrom: adopted === null || adopted.moved ? null : adopted.path, fakeSuper },
  };
}

/** The names that lie on a host's disk. */
export interface OnDisk {
  readonly found: readonly FoundSnapshot[];
  /** Among the snapshots, but nobody can say what they are: neither to be recorded nor to be given up. */
  readonly unclear: ReadonlySet<string>;
  readonly trashed: ReadonlySet<string>;
}

export interface Comparison {
  /** To be recorded, in this order: each after its base, and else oldest first. */
  readonly unknown: readonly FoundSnapshot[];
  readonly known: number;
  readonly returned: readonly Snapshot[];
  /** On record as complete and not there. */
  readonly gone: readonly Snapshot[];
  /** The same, noticed earlier. */
  readonly missing: readonly Snapshot[];
}

/** What is on its way out is left to whoever removes it, wherever it lies. */
export function compareWithRecords(disk: OnDisk, records: readonly Snapshot[]): Comparison {
  const byName = new Map(records.map((record) => [record.name, record]));
  const names = new Set(disk.found.map(({ name }) => name));
  const isThere = ({ name }: Snapshot): boolean => names.has(name) || disk.unclear.has(name);
  const onRecord = disk.found.flatMap(({ name }) => byName.get(name) ?? []);
  const isBack = ({ state }: Snapshot): boolean => state === "missing" || state === "removed";
  const going = records.filter(
    ({ name, state }) => state === "removing" && disk.trashed.has(name) && !names.has(name),
  );
  const returned = onRecord.filter(isBack);
  return {
    unknown: withKnownBases(
      disk.found.filter(({ name }) => !byName.has(name)),
      byName,
    ),
    known: onRecord.length - returned.length + going.length,
    returned,
    gone: records.filter((record) => record.state === "complete" && !isThere(record)),
    missing: records.filter((record) => record.state === "missing" && !isThere(record)),
  };
}

/** Oldest first; of the same moment by name, so that the order never depends on where they were found. */
const byAge = (a: FoundSnapshot, b: FoundSnapshot): number =>
  a.startedAt.getTime() - b.startedAt.getTime() || (a.name < b.name ? -1 : 1);

/** A base that neither is on record nor will be is no base that anybody could look up. */
function withKnownBases(
  found: readonly FoundSnapshot[],
  onRecord: ReadonlyMap<string, unknown>,
): FoundSnapshot[] {
  const byName = new Map(found.map((snapshot) => [snapshot.name, snapshot]));
  const ordered = new Set<FoundSnapshot>();
  for (const snapshot of found.toSorted(byAge)) {
    const chain = new Set<FoundSnapshot>();
    let next: FoundSnapshot | undefined = snapshot;
    // After a clock was set back, a base may be younger than what was made on it.
    while (next !== undefined && !ordered.has(next) && !chain.has(next)) {
      chain.add(next);
      next = next.base === null ? undefined : byName.get(next.base);
    }
    for (const link of [...chain].reverse()) ordered.add(link);
  }
  const isKnown = (base: string | null): boolean => base !== null && (onRecord.has(base) || byName.has(base));
  return [...ordered].map((snapshot) => ({
    ...snapshot,
    base: isKnown(snapshot.base) ? snapshot.base : null,
  }));
}
