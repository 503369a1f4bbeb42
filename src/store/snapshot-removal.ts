// The states of a snapshot on its way out, and back. Each change proves in its WHERE what it was decided on, and by whom.
import type { ExpressionBuilder } from "kysely";
import type { Snapshot, SnapshotState } from "../domain/snapshot.ts";
import type { Database } from "./database.ts";
import type { Owner } from "./run-queue.ts";
import type { Tables } from "./tables.ts";

/** The run for which something is changed, and the process that must hold it. */
export interface RunHolder {
  readonly runId: number;
  readonly owner: Owner;
}

type Changes = Partial<Pick<Snapshot, "removalRunId" | "removedAt" | "trashUntil" | "freedBytes">>;

/** One guarded statement. False: the snapshot is in another state by now, or the run is not this owner's any more. */
async function changeState(
  db: Database,
  id: number,
  holder: RunHolder,
  from: SnapshotState,
  to: SnapshotState,
  changes: Changes,
  revision?: number,
): Promise<boolean> {
  const isHeld = ({ exists, selectFrom, val, lit }: ExpressionBuilder<Tables, "snapshots">) =>
    exists(
      selectFrom("runLeases")
        .select(lit(1).as("one"))
        .where("runLeases.runId", "=", val(holder.runId))
        .where("runLeases.workerId", "=", holder.owner.workerId)
        .where("runLeases.expiresAt", ">", db.dialect.now),
    );
  const result = await db.sql
    .updateTable("snapshots")
    .set({ ...changes, state: to })
    .set((set) => ({ revision: set("revision", "+", 1) }))
    .where("id", "=", id)
    .where("state", "=", from)
    .where(isHeld)
    .$if(revision !== undefined, (query) => query.where("revision", "=", revision ?? 0))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/**
 * Marks a snapshot that no rule keeps. From here on it is on its way out, whoever dies when.
 *
 * False: somebody has pinned it, or wants to read it, since it was planned; or the run was lost.
 */
export const markRemoving = (
  db: Database,
  snapshot: Pick<Snapshot, "id" | "revision">,
  holder: RunHolder,
  trashUntil: Date | null,
): Promise<boolean> =>
  changeState(
    ...([db, snapshot.id, holder, "complete", "removing"] as const),
    { removalRunId: holder.runId, trashUntil, removedAt: null, freedBytes: null },
    snapshot.revision,
  );

/** Nothing of it is left on disk. */
export const markRemoved = (
  db: Database,
  id: number,
  holder: RunHolder,
  freedBytes: number | null,
  removedAt: Date,
): Promise<boolean> =>
  changeState(db, id, holder, "removing", "removed", { removedAt, freedBytes, trashUntil: null });

/** It lies among the snapshots again. */
export const markBroughtBack = (db: Database, id: number, holder: RunHolder): Promise<boolean> =>
  changeState(db, id, holder, "removing", "complete", { removalRunId: null, trashUntil: null });

/** What is on record is not on disk, or there again although it was thought to be gone. */
export const markFound = (
  db: Database,
  { id, state }: Pick<Snapshot, "id" | "state">,
  holder: RunHolder,
  to: "complete" | "missing",
): Promise<boolean> =>
  changeState(db, id, holder, state, to, { removalRunId: null, trashUntil: null, removedAt: null });

/** Ids of hosts that have something in their trash which may go: for long enough, or anything at all when `all`. */
export async function hostsWithTrash(db: Database, now: Date, all: boolean): Promise<number[]> {
  const rows = await db.sql
    .selectFrom("snapshots")
    .select("hostId")
    .distinct()
    .where("state", "=", "removing")
    .$if(!all, (query) =>
      query.where(({ or, eb }) => or([eb("trashUntil", "is", null), eb("trashUntil", "<=", now)])),
    )
    .execute();
  return rows.map(({ hostId }) => hostId);
}
