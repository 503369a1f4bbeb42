// Running runs seen from outside: who holds them, and taking one over whose owner is gone.
import { type InsertObject, sql } from "kysely";
import type { RunKind } from "../domain/run.ts";
import type { Database } from "./database.ts";
import { isDuplicateKey } from "./database-problem.ts";
import type { Owner } from "./run-queue.ts";
import type { Tables } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

/** A running run and who holds it, with what is needed to tell whether that process lives. */
export interface HeldRun {
  readonly runId: number;
  readonly hostId: number;
  readonly host: string;
  /** The backup server that keeps the host, whose workers alone can settle the run. */
  readonly node: string;
  readonly kind: RunKind;
  readonly workerId: string;
  /** Null when there is no lease at all, as after a migration while it ran. */
  readonly processIdentity: string | null;
  readonly acquiredAt: Date;
  readonly expired: boolean;
}

const heldRuns = (db: Database) =>
  db.sql
    .selectFrom("runs")
    .innerJoin("hosts", "hosts.id", "runs.hostId")
    .leftJoin("runLeases", "runLeases.runId", "runs.id")
    .select([
      "runs.id as runId",
      "runs.hostId",
      "runs.kind",
      "runs.workerId as startedBy",
      "runs.startedAt",
      "hosts.name as host",
      "hosts.node",
      "runLeases.workerId",
      "runLeases.processIdentity",
      "runLeases.acquiredAt",
    ])
    .select(sql<number>`run_leases.expires_at > ${db.dialect.now}`.as("valid"))
    .where("runs.status", "=", "running");

type HeldRow = Awaited<ReturnType<ReturnType<typeof heldRuns>["execute"]>>[number];

const asHeld = (row: HeldRow): HeldRun => ({
  runId: row.runId,
  hostId: row.hostId,
  host: row.host,
  node: row.node,
  kind: row.kind as RunKind,
  workerId: row.workerId ?? row.startedBy ?? "nobody",
  processIdentity: row.processIdentity,
  acquiredAt: row.acquiredAt ?? row.startedAt ?? new Date(0),
  expired: !row.valid,
});

/** Every running run, whoever holds it. */
export async function listHeldRuns(db: Database): Promise<HeldRun[]> {
  return (await heldRuns(db).orderBy("runs.id").execute()).map(asHeld);
}

/** The run that owns the host, or null. */
export async function findLock(db: Database, hostId: number): Promise<HeldRun | null> {
  const row = await heldRuns(db)
    .where("runs.hostId", "=", hostId)
    .where(({ exists, selectFrom }) =>
      exists(selectFrom("hostLocks").select("hostLocks.runId").whereRef("hostLocks.runId", "=", "runs.id")),
    )
    .executeTakeFirst();
  return row === undefined ? null : asHeld(row);
}

/**
 * Makes a lost run one's own, so that it can be settled and finished like any other. `isDead`: its process is known to
 * be gone, so its lease need not have expired.
 *
 * False: somebody else did it, or its owner has renewed the lease meanwhile.
 */
export async function takeOverRun(
  db: Database,
  held: HeldRun,
  owner: Owner,
  isDead: boolean,
  now: Date,
): Promise<boolean> {
  const lease = {
    workerId: owner.workerId,
    processIdentity: owner.processIdentity,
    acquiredAt: now,
    expiresAt: db.dialect.nowPlus(owner.leaseSeconds),
  };
  if (held.processIdentity === null) return leaseAbandonedRun(db, held.runId, lease);
  const taken = await db.sql
    .updateTable("runLeases")
    .set(lease)
    .where("runId", "=", held.runId)
    .where("workerId", "=", held.workerId)
    .where("processIdentity", "=", held.processIdentity)
    .$if(!isDead, (query) => query.where("expiresAt", "<=", db.dialect.now))
    .executeTakeFirst();
  return taken.numUpdatedRows === 1n;
}

/** A run that is running and has no lease gets one, unless it ends at this moment. */
async function leaseAbandonedRun(
  db: Database,
  runId: number,
  lease: Omit<InsertObject<Tables, "runLeases">, "runId" | "slot">,
): Promise<boolean> {
  try {
    return await inTransaction(db, async (tx) => {
      await tx
        .insertInto("runLeases")
        .values({ runId, slot: null, ...lease })
        .execute();
      const { numUpdatedRows } = await tx
        .updateTable("runs")
        .set({ phase: null })
        .where("id", "=", runId)
        .where("status", "=", "running")
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) await tx.deleteFrom("runLeases").where("runId", "=", runId).execute();
      return numUpdatedRows === 1n;
    });
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
