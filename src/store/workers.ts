// Processes that work on the queue, for as long as they say that they live.
import { sql } from "kysely";
import type { Database } from "./database.ts";

export const WORKER_ROLES = ["worker", "scheduler"] as const;
export type WorkerRole = (typeof WORKER_ROLES)[number];

/** A process with a part in the queue. */
export interface WorkerFacts {
  readonly workerId: string;
  readonly role: WorkerRole;
  /** The backup server that it works on. */
  readonly node: string;
  readonly processIdentity: string;
  /** How many runs it executes at the same time. */
  readonly parallel: number;
}

export interface SeenWorker extends WorkerFacts {
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** By the database's clock. */
  readonly silentSeconds: number;
}

/** One that has said nothing for so long is taken off the list by whoever comes by. */
const FORGOTTEN_AFTER_SECONDS = 86_400;

/** Says that a process lives. */
export async function sayAlive(db: Database, worker: WorkerFacts, startedAt: Date): Promise<void> {
  const seen = await db.sql
    .updateTable("workers")
    .set({ seenAt: db.dialect.now })
    .where("workerId", "=", worker.workerId)
    .executeTakeFirst();
  if (seen.numUpdatedRows === 1n) return;
  await db.sql
    .deleteFrom("workers")
    .where("seenAt", "<", db.dialect.nowPlus(-FORGOTTEN_AFTER_SECONDS))
    .execute();
  await db.sql
    .insertInto("workers")
    .values({ ...worker, startedAt, seenAt: db.dialect.now })
    .execute();
}

/** Takes a process that ended off the list. */
export async function sayGone(db: Database, workerId: string): Promise<void> {
  await db.sql.deleteFrom("workers").where("workerId", "=", workerId).execute();
}

export async function listWorkers(db: Database): Promise<SeenWorker[]> {
  const rows = await db.sql
    .selectFrom("workers")
    .selectAll()
    .select(sql<Date | string>`${db.dialect.now}`.as("now"))
    .orderBy("startedAt")
    .execute();
  return rows.map(({ now, role, ...row }) => ({
    ...row,
    role: role as WorkerRole,
    silentSeconds: Math.max(0, Math.round((new Date(now).getTime() - row.seenAt.getTime()) / 1000)),
  }));
}
