// The queue: each change of a run's state is one guarded statement or one short transaction; one row changed, or you lost.
import { sql } from "kysely";
import type { ProblemFacts } from "../domain/problem.ts";
import type { Phase, Progress, RunKind, RunOptions, RunOutcome, Trigger } from "../domain/run.ts";
import type { Database } from "./database.ts";
import { isDuplicateKey, isLostRace } from "./database-problem.ts";
import { insertSnapshot, type NewSnapshot } from "./snapshots.ts";
import type { Sql } from "./tables.ts";

/** Who does the work: a name for people, and the process itself, so that its death can be noticed. */
export interface Owner {
  readonly workerId: string;
  readonly processIdentity: string;
  readonly leaseSeconds: number;
}

export interface NewRun {
  readonly hostId: number;
  readonly kind: RunKind;
  readonly trigger: Trigger;
  readonly requestedBy: string | null;
  readonly options: RunOptions;
}

/** What is decided at the moment of claiming, so that a crash at any later point can be settled from SQL. */
export interface ClaimFacts {
  readonly snapshotName: string | null;
  readonly startedAt: Date;
}

const TRIES_MAX = 5;

/** Runs a transaction; one that lost a race against another (a deadlock, also at commit on a cluster) is tried again. */
async function inTransaction<T>(db: Database, work: (tx: Sql) => Promise<T>): Promise<T> {
  for (let left = TRIES_MAX; ; left -= 1) {
    try {
      return await db.sql.transaction().execute(work);
    } catch (error) {
      if (left <= 1 || !isLostRace(error)) throw error;
    }
  }
}

const queuedRow = (run: NewRun, now: Date) => ({
  hostId: run.hostId,
  kind: run.kind,
  trigger: run.trigger,
  status: "queued",
  attempt: 1,
  requestedBy: run.requestedBy,
  queuedAt: now,
  options: run.options,
  warnings: [],
});

/** Adds a run to the queue and returns its id. */
export async function enqueue(db: Database, run: NewRun, now: Date): Promise<number> {
  const result = await db.sql.insertInto("runs").values(queuedRow(run, now)).executeTakeFirstOrThrow();
  return Number(result.insertId);
}

/** Takes the host's lock for a run and starts it, inside the caller's transaction. Throws on a duplicate lock. */
async function lockAndStart(
  tx: Sql,
  db: Database,
  runId: number,
  hostId: number,
  owner: Owner,
  claim: ClaimFacts,
) {
  await tx
    .insertInto("hostLocks")
    .values({
      hostId,
      runId,
      workerId: owner.workerId,
      processIdentity: owner.processIdentity,
      acquiredAt: claim.startedAt,
      leaseExpiresAt: db.dialect.nowPlus(owner.leaseSeconds),
    })
    .execute();
  const started = await tx
    .updateTable("runs")
    .set({
      status: "running",
      workerId: owner.workerId,
      startedAt: claim.startedAt,
      snapshotName: claim.snapshotName,
    })
    .where("id", "=", runId)
    .where("status", "=", "queued")
    .executeTakeFirst();
  return started.numUpdatedRows === 1n;
}

/**
 * Makes a run and claims it in one step, so that no worker can take it from under the person who waits for it.
 *
 * Returns its id, or null when another run owns the host; no run is left behind then.
 */
export async function enqueueClaimed(
  db: Database,
  run: NewRun,
  owner: Owner,
  claim: ClaimFacts,
): Promise<number | null> {
  try {
    return await inTransaction(db, async (tx) => {
      const result = await tx
        .insertInto("runs")
        .values(queuedRow(run, claim.startedAt))
        .executeTakeFirstOrThrow();
      const id = Number(result.insertId);
      await lockAndStart(tx, db, id, run.hostId, owner, claim);
      return id;
    });
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

/** Still the owner? Every write of a running run asks this in its WHERE. */
const owned = (tx: Sql, runId: number, owner: Owner) =>
  tx
    .updateTable("runs")
    .where("id", "=", runId)
    .where("status", "=", "running")
    .where("workerId", "=", owner.workerId);

/** Renews the lease. False means that it was lost: stop at once, another process may own the host. */
export async function renewLease(db: Database, runId: number, owner: Owner): Promise<boolean> {
  const result = await db.sql
    .updateTable("hostLocks")
    .set({ leaseExpiresAt: db.dialect.nowPlus(owner.leaseSeconds) })
    .where("runId", "=", runId)
    .where("workerId", "=", owner.workerId)
    .where("leaseExpiresAt", ">", db.dialect.now)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export interface RunReport {
  readonly phase?: Phase;
  readonly progress?: Progress;
  readonly baseName?: string | null;
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
    const updated = await owned(db.sql, runId, owner).set(report).executeTakeFirst();
    if (updated.numUpdatedRows === 0n) return null;
  }
  const row = await db.sql
    .selectFrom("runs")
    .select("cancelRequestedAt")
    .where("id", "=", runId)
    .where("status", "=", "running")
    .where("workerId", "=", owner.workerId)
    .executeTakeFirst();
  return row === undefined ? null : row.cancelRequestedAt !== null;
}

/**
 * Ends a run, records its snapshot and releases the host, all in one transaction.
 *
 * False means that the run is not this owner's any more; nothing is written then.
 */
export async function finishRun(
  db: Database,
  runId: number,
  owner: Owner,
  outcome: RunOutcome,
  snapshot: NewSnapshot | null,
  finishedAt: Date,
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const finished = await owned(tx, runId, owner)
      .set({
        status: outcome.status,
        finishedAt,
        phase: null,
        progress: null,
        stats: outcome.stats,
        problem: outcome.problem,
        warnings: outcome.warnings,
        ...(snapshot === null ? { snapshotName: null } : {}),
      })
      .executeTakeFirst();
    if (finished.numUpdatedRows !== 1n) return false;
    if (snapshot !== null) await insertSnapshot(tx, snapshot);
    await tx
      .deleteFrom("hostLocks")
      .where("runId", "=", runId)
      .where("workerId", "=", owner.workerId)
      .execute();
    return true;
  });
}

/** The lock that stands in somebody's way, with what is needed to say who holds it and whether that process lives. */
export interface HeldLock {
  readonly runId: number;
  readonly hostId: number;
  readonly workerId: string;
  readonly processIdentity: string;
  readonly acquiredAt: Date;
  readonly expired: boolean;
}

export async function findLock(db: Database, hostId: number): Promise<HeldLock | null> {
  const row = await db.sql
    .selectFrom("hostLocks")
    .select(["runId", "hostId", "workerId", "processIdentity", "acquiredAt"])
    .select(sql<number>`lease_expires_at <= ${db.dialect.now}`.as("expired"))
    .where("hostId", "=", hostId)
    .executeTakeFirst();
  return row === undefined ? null : { ...row, expired: Boolean(row.expired) };
}

/** Settles a run whose owner is gone: its outcome and its snapshot, if one was published, and the lock's release. */
export async function settleLostRun(
  db: Database,
  lock: HeldLock,
  outcome: Omit<RunOutcome, "problem"> & { readonly problem: ProblemFacts | null },
  snapshot: NewSnapshot | null,
  finishedAt: Date,
): Promise<boolean> {
  return finishRun(
    db,
    lock.runId,
    { workerId: lock.workerId, processIdentity: lock.processIdentity, leaseSeconds: 0 },
    outcome,
    snapshot,
    finishedAt,
  );
}
