// Hosts with snapshots that looked suspicious and of which no person has said yet that they are right.
import type { Database } from "./database.ts";

/** The ids of those hosts. */
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
          .where("snapshots.id", ">", fn.coalesce("hosts.trustedSnapshotId", val(0))),
      ),
    )
    .execute();
  return new Set(rows.map(({ id }) => id));
}
