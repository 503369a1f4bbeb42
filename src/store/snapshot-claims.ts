// What keeps a snapshot apart from the rules: a person's pin, and a run that reads it.
import { Problem } from "../domain/problem.ts";
import { type Pin, pinJson } from "../domain/snapshot.ts";
import type { Database } from "./database.ts";
import type { Sql } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

/** Sets or takes off a pin. False: the snapshot is on its way out, or gone. */
export async function savePin(db: Database, snapshotId: number, pin: Pin | null): Promise<boolean> {
  const result = await db.sql
    .updateTable("snapshots")
    .set({ pin: pin === null ? null : pinJson(pin) })
    .set((set) => ({ revision: set("revision", "+", 1) }))
    .where("id", "=", snapshotId)
    .where("state", "in", ["complete", "missing"])
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/**
 * Holds snapshots for a run until it ends, inside the transaction that queues it. Refuses with `not_found` when one of them
 * is on its way out.
 */
export async function holdSnapshots(tx: Sql, runId: number, snapshotIds: readonly number[]): Promise<void> {
  for (const snapshotId of snapshotIds)
    if (!(await holdOne(tx, runId, snapshotId)))
      throw new Problem("not_found", "A snapshot that was to be read is not there any more.");
}

/**
 * False: it is on its way out, or gone.
 *
 * The row is changed first: whoever is about to mark it as removed at the same time sees its new revision, or we its new state.
 */
async function holdOne(tx: Sql, runId: number, snapshotId: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("snapshots")
    .set((set) => ({ revision: set("revision", "+", 1) }))
    .where("id", "=", snapshotId)
    .where("state", "=", "complete")
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return false;
  await tx.insertInto("snapshotHolds").values({ runId, snapshotId }).execute();
  return true;
}

/** The same for a run that is under way, and that may hold it already: a retry gets no holds with its row. */
export async function holdAlso(db: Database, runId: number, snapshotId: number): Promise<void> {
  const held = await db.sql
    .selectFrom("snapshotHolds")
    .select("runId")
    .where("runId", "=", runId)
    .where("snapshotId", "=", snapshotId)
    .executeTakeFirst();
  if (held === undefined) await inTransaction(db, (tx) => holdSnapshots(tx, runId, [snapshotId]));
}

/** All complete snapshots of a host, for a run that is under way. What is on its way out by then is passed over. */
export async function holdAllOf(db: Database, runId: number, hostId: number): Promise<void> {
  await inTransaction(db, async (tx) => {
    const rows = await tx
      .selectFrom("snapshots")
      .select("id")
      .where("hostId", "=", hostId)
      .where("state", "=", "complete")
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("snapshotHolds")
              .select("snapshotHolds.runId")
              .whereRef("snapshotHolds.snapshotId", "=", "snapshots.id")
              .where("snapshotHolds.runId", "=", runId),
          ),
        ),
      )
      .orderBy("id")
      .execute();
    for (const { id } of rows) await holdOne(tx, runId, id);
  });
}

/** Of a host's snapshots, those that an open run reads: the name, and who reads it. */
export async function heldSnapshots(db: Database, hostId: number): Promise<Map<string, string>> {
  const rows = await db.sql
    .selectFrom("snapshotHolds")
    .innerJoin("snapshots", "snapshots.id", "snapshotHolds.snapshotId")
    .innerJoin("runs", "runs.id", "snapshotHolds.runId")
    .select(["snapshots.name", "runs.id as runId", "runs.kind"])
    .where("snapshots.hostId", "=", hostId)
    .where("runs.status", "in", ["queued", "running"])
    .orderBy("runs.id")
    .execute();
  return new Map(rows.map(({ name, runId, kind }) => [name, `read by run ${runId} (${kind})`]));
}
