// The queue: adding runs, claiming, cancelling. Each change is one guarded statement or one short transaction.
import type { ProblemFacts } from "../domain/problem.ts";
import { ownsHost, type RunKind, type RunOptions, type Trigger, waitsForWindow } from "../domain/run.ts";
import { insertAuditEntry, type NewAuditEntry } from "./audit.ts";
import { type Candidate, mayBeginAt } from "./candidates.ts";
import type { Database } from "./database.ts";
import { isDuplicateKey, isLostRace } from "./database-problem.ts";
import { holdSnapshots } from "./snapshot-claims.ts";
import type { Sql } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

/** Who does the work: a name for people, and the process itself, so that its death can be noticed. */
export interface Owner {
  readonly workerId: string;
  readonly processIdentity: string;
  readonly leaseSeconds: number;
  /** The backup server it belongs to: it works on the hosts that are kept there. */
  readonly node: string;
}

export interface NewRun {
  readonly hostId: number;
  readonly kind: RunKind;
  readonly trigger: Trigger;
  readonly requestedBy: string | null;
  readonly options: RunOptions;
  /** Whether a person asked for it or for its first attempt; left out: as its trigger says. */
  readonly byHand?: boolean;
  /** Not to be claimed before; at once when it is left out. */
  readonly availableAt?: Date;
  readonly scheduleId?: number;
  readonly dueAt?: Date | null;
  readonly attempt?: number;
  /** The first attempt. */
  readonly retryOf?: number;
  /** Ids of snapshots that it reads: none of them is removed before it has ended. */
  readonly reads?: readonly number[];
  /** What the audit says of it, by its id; left out for what no person asked for. */
  readonly audit?: (id: number) => NewAuditEntry;
}

/** What is decided at the moment of claiming, so that a crash at any later point can be settled from SQL. */
export interface ClaimFacts {
  readonly snapshotName: string | null;
  readonly startedAt: Date;
}

const isByHand = ({ byHand, trigger }: NewRun): boolean => byHand ?? trigger === "manual";

const queuedRow = (run: NewRun, now: Date) => ({
  hostId: run.hostId,
  kind: run.kind,
  trigger: run.trigger,
  status: "queued",
  attempt: run.attempt ?? 1,
  retryOf: run.retryOf ?? null,
  requestedBy: run.requestedBy,
  queuedAt: now,
  dueAt: run.dueAt ?? null,
  scheduleId: run.scheduleId ?? null,
  availableAt: run.availableAt ?? now,
  byHand: isByHand(run),
  inWindow: waitsForWindow(run.kind, isByHand(run), run.options),
  options: run.options,
  warnings: [],
});

/** Adds a run to the queue, in the caller's transaction, and returns its id. */
export async function insertRun(tx: Sql, run: NewRun, now: Date): Promise<number> {
  const result = await tx.insertInto("runs").values(queuedRow(run, now)).executeTakeFirstOrThrow();
  const id = Number(result.insertId);
  await holdSnapshots(tx, id, run.reads ?? []);
  if (run.audit !== undefined) await insertAuditEntry({ sql: tx }, run.audit(id));
  return id;
}

/** Adds a run to the queue and returns its id. Refuses with `not_found` when a snapshot that it reads is being removed. */
export const enqueue = (db: Database, run: NewRun, now: Date): Promise<number> =>
  inTransaction(db, (tx) => insertRun(tx, run, now));

class Lost extends Error {}

/** Takes lease and lock for a run and starts it, inside the caller's transaction. Writes first; throws when it lost. */
async function leaseAndStart(
  tx: Sql,
  db: Database,
  run: { readonly id: number; readonly hostId: number; readonly kind: RunKind },
  owner: Owner,
  slot: number | null,
  claim: ClaimFacts,
): Promise<void> {
  const { workerId, processIdentity, leaseSeconds } = owner;
  await tx
    .insertInto("runLeases")
    .values({
      runId: run.id,
      slot,
      workerId,
      processIdentity,
      acquiredAt: claim.startedAt,
      expiresAt: db.dialect.nowPlus(leaseSeconds),
    })
    .execute();
  if (ownsHost(run.kind))
    await tx.insertInto("hostLocks").values({ hostId: run.hostId, runId: run.id }).execute();
  const started = await tx
    .updateTable("runs")
    .set({ status: "running", workerId, startedAt: claim.startedAt, snapshotName: claim.snapshotName })
    .where("id", "=", run.id)
    .where("status", "=", "queued")
    // Somebody may have moved the host to another backup server since it was looked at.
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("hosts")
          .select("hosts.id")
          .whereRef("hosts.id", "=", "runs.hostId")
          .where("hosts.node", "=", owner.node)
          // Nor may a window have closed meanwhile.
          .where((eb) => mayBeginAt(eb, claim.startedAt)),
      ),
    )
    .executeTakeFirst();
  if (started.numUpdatedRows !== 1n) throw new Lost();
}

/**
 * Claims a queued run, on a place of the site that was free a moment ago; on none when that is null. False: somebody else
 * was first.
 */
export async function claimRun(
  db: Database,
  candidate: Candidate,
  owner: Owner,
  slot: number | null,
  claim: ClaimFacts,
): Promise<boolean> {
  try {
    await inTransaction(db, (tx) => leaseAndStart(tx, db, candidate, owner, slot, claim));
    return true;
  } catch (error) {
    if (error instanceof Lost || isDuplicateKey(error) || isLostRace(error)) return false;
    throw error;
  }
}

/**
 * Makes a run and claims it in one step, so that no worker can take it from under the person who waits for it. It takes
 * none of the site's places: nobody at a keyboard waits for other hosts' backups.
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
      const id = await insertRun(tx, run, claim.startedAt);
      await leaseAndStart(tx, db, { id, hostId: run.hostId, kind: run.kind }, owner, null, claim);
      return id;
    });
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

/** What came of asking for a run's end. */
export type CancelAnswer = "cancelled" | "requested" | "not-open";

/** A queued run ends at once; of a running one its owner is asked, who alone may finish it. The first request counts. */
export async function requestCancel(
  db: Database,
  id: number,
  problem: ProblemFacts,
  now: Date,
): Promise<CancelAnswer> {
  const queued = await db.sql
    .updateTable("runs")
    .set({ status: "cancelled", finishedAt: now, cancelRequestedAt: now, problem })
    .where("id", "=", id)
    .where("status", "=", "queued")
    .executeTakeFirst();
  if (queued.numUpdatedRows === 1n) return "cancelled";
  const running = await db.sql
    .updateTable("runs")
    .set(({ fn, val }) => ({ cancelRequestedAt: fn.coalesce("cancelRequestedAt", val(now)) }))
    .where("id", "=", id)
    .where("status", "=", "running")
    .executeTakeFirst();
  return running.numUpdatedRows === 1n ? "requested" : "not-open";
}
