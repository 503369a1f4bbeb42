// What is read of single hosts to say more of them than how they are.
import type { Host } from "../domain/host.ts";
import type { Run } from "../domain/run.ts";
import type { Database } from "../store/database.ts";
import { failingSince } from "../store/host-facts.ts";
import { findHosts } from "../store/hosts.ts";
import { keepByKey } from "../store/keep-by-key.ts";
import { findRuns } from "../store/runs.ts";
import { dismissedRuns } from "../store/snapshot-anomalies.ts";
import { snapshotCounts } from "../store/snapshots.ts";

/** Each asked for by ids, of hosts where nothing else is said. */
export interface HostReads {
  readonly hosts: (ids: readonly number[]) => Promise<readonly Host[]>;
  readonly snapshotCounts: (ids: readonly number[]) => ReturnType<typeof snapshotCounts>;
  readonly failingSince: (ids: readonly number[]) => Promise<ReadonlyMap<number, Date>>;
  readonly runs: (runIds: readonly number[]) => Promise<readonly Run[]>;
  /** Of these runs: whose anomalies somebody has dismissed. */
  readonly dismissedRuns: (runIds: readonly number[]) => Promise<ReadonlySet<number>>;
}

/** Reads each time that somebody asks. */
export const hostReads = (db: Database): HostReads => ({
  hosts: (ids) => findHosts(db, ids),
  snapshotCounts: (ids) => snapshotCounts(db, ids),
  failingSince: (ids) => failingSince(db, ids),
  runs: (runIds) => findRuns(db, runIds),
  dismissedRuns: (runIds) => dismissedRuns(db, runIds),
});

/** Keeps what it has read: for as long as nothing has changed. */
export function keptHostReads(db: Database): HostReads {
  const reads = hostReads(db);
  return {
    hosts: keepByKey(reads.hosts),
    snapshotCounts: keepByKey(reads.snapshotCounts),
    failingSince: keepByKey(reads.failingSince),
    runs: keepByKey(reads.runs),
    dismissedRuns: keepByKey(reads.dismissedRuns),
  };
}
