// Leases: what the owner of a running run may do. Every write proves in its WHERE that the lease is still held.
import type { ExpressionBuilder } from "kysely";
import type { Phase, Progress, Protection, RunOutcome, Sharing } from "../domain/run.ts";
import type { Database } from "./database.ts";
import { insertRun, type NewRun, type Owner } from "./run-queue.ts";
import { insertSnapshot, type NewSnapshot } from "./snapshots.ts";
import type { Sql, Tables } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

/** Renews the lease. False means that it was lost: stop at once, another process may own the run. */
export async function renewLease(db: Database, runId: number, owner: Owner): Promise<boolean> {
  const result = await db.sql
    .updateTable("runLeases")
    .set({ expiresAt: db.dialect.nowPlus(owner.leaseSeconds) })
    .where("runId", "=", runId)
    .where("workerId", "=", owner.workerId)
    .where("expiresAt", ">", db.dialect.now)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Whether a run is still held by this owner: part of the WHERE of all that it writes. */
const isHeldBy = (db: Database, owner: Owner) => (runs: ExpressionBuilder<Tables, "runs">) =>
  runs.exists(
    runs
      .selectFrom("runLeases")
      .select("runLeases.runId")
      .whereRef("runLeases.runId", "=", "runs.id")
      .where("runLeases.workerId", "=", owner.workerId)
      .where("runLeases.expiresAt", ">", db.dialect.now),
  );

export interface RunReport {
  readonly phase?: Phase;
  readonly progress?: Progress;
  readonly baseName?: string | null;
  readonly sandbox?: Protection;
  readonly sharing?: Sharing;
  readonly rateLimit?: number;
}

/** Writes how far a run is. Returns whether somebody asked for it to be cancelled, or null when it is not ours any more. */
export async function reportRun(
  db: Database,
  runId: number,
  owner: Owner,
  report: RunReport,
): Promise<boolean | null> {
  // A report without anything new still asks whether the run goes on; SQL has no UPDATE that sets nothing.
  if (Object.keys(report).length > 0) {
    const updated = await db.sql
      .updateTable("runs")
      .set(report)
      .where("id", "=", runId)
      .where("status", "=", "running")
      .where(isHeldBy(db, owner))
      .executeTakeFirst();
    if (updated.numUpdatedRows === 0n) return null;
  }
  const row = await db.sql
    .selectFrom("runs")
    .select("cancelRequestedAt")
    .where("id", "=", runId)
    .where("status", "=", "running")
    .where(isHeldBy(db, owner))
    .executeTakeFirst();
  return row === undefined ? null : row.cancelRequestedAt !== null;
}

/**
 * Records a snapshot of a run that goes on. False: the run is not this owner's any more.
 *
 * The lease is written first, so that it is ours until the end of the transaction.
 */
export async function recordSnapshot(
  db: Database,
  runId: number,
  owner: Owner,
  snapshot: NewSnapshot,
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const held = await tx
      .updateTable("runLeases")
      .set({ expiresAt: db.dialect.nowPlus(owner.leaseSeconds) })
      .where("runId", "=", runId)
      .where("workerId", "=", owner.workerId)
      .where("expiresAt", ">", db.dialect.now)
      .executeTakeFirst();
    if (held.numUpdatedRows !== 1n) return false;
    await insertSnapshot(tx, snapshot);
    return true;
  });
}

/** What is written when a run ends, all of it or nothing. */
export interface RunEnd {
  readonly outcome: RunOutcome;
  /** Published on disk; recorded now. */
  readonly snapshot: NewSnapshot | null;
  /** The next attempt, when there is to be one. */
  readonly retry: NewRun | null;
  readonly finishedAt: Date;
}

/**
 * Ends a run, records its snapshot, queues its retry and releases the host, all in one transaction.
 *
 * False means that the run is not this owner's any more; nothing is written then.
 */
export async function finishRun(
  db: Database,
  runId: number,
  owner: Owner,
  { outcome, snapshot, retry, finishedAt }: RunEnd,
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const released = await tx
      .deleteFrom("runLeases")
      .where("runId", "=", runId)
      .where("workerId", "=", owner.workerId)
      .where("expiresAt", ">", db.dialect.now)
      .executeTakeFirst();
    if (released.numDeletedRows !== 1n) return false;
    await closeRun(tx, runId, outcome, snapshot, finishedAt);
    if (snapshot !== null) await insertSnapshot(tx, snapshot);
    if (retry !== null && !(await isCancelRequested(tx, runId))) await insertRun(tx, retry, finishedAt);
    await tx.deleteFrom("hostLocks").where("runId", "=", runId).execute();
    return true;
  });
}

/** Asked once the run's row is ours until the end of the transaction: somebody may have cancelled it a moment ago. */
async function isCancelRequested(tx: Sql, runId: number): Promise<boolean> {
  const row = await tx
    .selectFrom("runs")
    .select("cancelRequestedAt")
    .where("id", "=", runId)
    .executeTakeFirst();
  return row?.cancelRequestedAt != null;
}

async function closeRun(
  tx: Sql,
  runId: number,
  outcome: RunOutcome,
  snapshot: NewSnapshot | null,
  finishedAt: Date,
): Promise<void> {
  const finished = await tx
    .updateTable("runs")
    .set({
      status: outcome.status,
      finishedAt,
      phase: null,
      progress: null,
      stats: outcome.stats,
      problem: outcome.problem,
      warnings: outcome.warnings,
      result: outcome.result ?? null,
      ...(snapshot === null ? { snapshotName: null } : { baseName: snapshot.base }),
    })
    .where("id", "=", runId)
    .where("status", "=", "running")
    .executeTakeFirst();
  if (finished.numUpdatedRows !== 1n) throw new Error(`Run ${runId} has a lease but is not running.`);
}
