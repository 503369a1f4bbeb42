// Snapshots that looked odd, and what people have said of them.
import { type AnomalyVerdict, SLOW, verdictJson } from "../domain/anomaly.ts";
import type { Database } from "./database.ts";

/** The ids of hosts with snapshots that hold pruning, as far as that can be told without looking closer. */
export async function openAnomalies(db: Database): Promise<Set<number>> {
  const rows = await db.sql
    .selectFrom("hosts")
    .select("hosts.id")
    .where(({ exists, selectFrom, fn, val }) =>
      exists(
        selectFrom("snapshots")
          .select("snapshots.id")
          .whereRef("snapshots.hostId", "=", "hosts.id")
          .where("snapshots.state", "=", "complete")
          .where("snapshots.anomaly", "is not", null)
          .where("snapshots.anomaly", "not like", `${SLOW}%`)
          .where("snapshots.id", ">", fn.coalesce("hosts.trustedSnapshotId", val(0))),
      ),
    )
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** Of these runs, those whose snapshots a person has found to be as they should be. */
export async function dismissedRuns(db: Database, runIds: readonly number[]): Promise<Set<number>> {
  if (runIds.length === 0) return new Set();
  const rows = await db.sql
    .selectFrom("snapshots")
    .innerJoin("hosts", "hosts.id", "snapshots.hostId")
    .select("snapshots.runId")
    .where("snapshots.runId", "in", runIds)
    .whereRef("snapshots.id", "<=", "hosts.trustedSnapshotId")
    .execute();
  return new Set(rows.flatMap(({ runId }) => runId ?? []));
}

/** Writes down what a person has said of snapshots. Of one that has gone meanwhile it is written down too: its record stays. */
export async function saveAnomalyVerdict(
  db: Database,
  snapshotIds: readonly number[],
  verdict: AnomalyVerdict,
): Promise<void> {
  if (snapshotIds.length === 0) return;
  await db.sql
    .updateTable("snapshots")
    .set({ anomalyVerdict: verdictJson(verdict) })
    .where("id", "in", snapshotIds)
    .execute();
}
