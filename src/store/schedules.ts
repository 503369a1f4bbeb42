// Schedules in SQL, and the one transaction that turns a due time into a queued run.
import type { Selectable } from "kysely";
import type { Schedule } from "../domain/schedule.ts";
import type { Database } from "./database.ts";
import { isDuplicateKey, isLostRace } from "./database-problem.ts";
import { insertRun, type NewRun } from "./run-queue.ts";
import type { Sql, Tables } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

type ScheduleRow = Selectable<Tables["schedules"]> & { hostName: string };

function storedSkip(value: unknown): Schedule["lastSkip"] {
  const { dueAt, runId } = (value ?? {}) as Record<string, unknown>;
  return typeof dueAt === "string" && typeof runId === "number" ? { dueAt: new Date(dueAt), runId } : null;
}

const asSchedule = (row: ScheduleRow): Schedule => ({
  id: row.id,
  hostId: row.hostId,
  host: row.hostName,
  name: row.name,
  cron: row.cron,
  timeZone: row.timeZone,
  prune: row.prune,
  maxDelete: row.maxDelete,
  jitterSeconds: row.jitterSeconds,
  enabled: row.enabled,
  nextDueAt: row.nextDueAt,
  lastDueAt: row.lastDueAt,
  lastSkip: storedSkip(row.lastSkip),
  waitingSince: row.waitingSince,
  createdAt: row.createdAt,
});

const schedulesWithHosts = (db: Database) =>
  db.sql
    .selectFrom("schedules")
    .innerJoin("hosts", "hosts.id", "schedules.hostId")
    .selectAll("schedules")
    .select("hosts.name as hostName");

/** All schedules, or one host's, by host and name. */
export async function listSchedules(db: Database, hostId?: number): Promise<Schedule[]> {
  let query = schedulesWithHosts(db).orderBy("hosts.name").orderBy("schedules.name");
  if (hostId !== undefined) query = query.where("schedules.hostId", "=", hostId);
  return (await query.execute()).map(asSchedule);
}

export async function findSchedule(db: Database, hostId: number, name: string): Promise<Schedule | null> {
  const row = await schedulesWithHosts(db)
    .where("schedules.hostId", "=", hostId)
    .where("schedules.name", "=", name)
    .executeTakeFirst();
  return row === undefined ? null : asSchedule(row);
}

export async function findScheduleById(db: Database, id: number): Promise<Schedule | null> {
  const row = await schedulesWithHosts(db).where("schedules.id", "=", id).executeTakeFirst();
  return row === undefined ? null : asSchedule(row);
}

export interface SchedulePage {
  readonly hostId: number | null;
  /** The one before the page. */
  readonly after: { readonly host: string; readonly name: string } | null;
  readonly limit: number;
}

/** A part of the schedules, or of one host's, by host and name. */
export async function pageSchedules(
  db: Database,
  { hostId, after, limit }: SchedulePage,
): Promise<Schedule[]> {
  const query = schedulesWithHosts(db)
    .where(({ and, or, eb }) =>
      and([
        ...(hostId === null ? [] : [eb("schedules.hostId", "=", hostId)]),
        ...(after === null
          ? []
          : [
              or([
                eb("hosts.name", ">", after.host),
                and([eb("hosts.name", "=", after.host), eb("schedules.name", ">", after.name)]),
              ]),
            ]),
      ]),
    )
    .orderBy("hosts.name")
    .orderBy("schedules.name")
    .limit(limit);
  return (await query.execute()).map(asSchedule);
}

/** How many schedules are switched on, of hosts that are, too. */
export async function countSchedules(db: Database): Promise<number> {
  const row = await db.sql
    .selectFrom("schedules")
    .innerJoin("hosts", "hosts.id", "schedules.hostId")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("schedules.enabled", "=", true)
    .where("hosts.enabled", "=", true)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export type ScheduleFacts = Pick<
  Schedule,
  "cron" | "timeZone" | "prune" | "maxDelete" | "jitterSeconds" | "enabled" | "nextDueAt"
>;

/** Creates it, or changes the one of that name. */
export async function saveSchedule(
  db: Database,
  hostId: number,
  name: string,
  facts: ScheduleFacts,
  now: Date,
): Promise<void> {
  const change = () =>
    db.sql
      .updateTable("schedules")
      .set({ ...facts, updatedAt: now })
      .where("hostId", "=", hostId)
      .where("name", "=", name)
      .executeTakeFirst();
  if ((await change()).numUpdatedRows === 1n) return;
  try {
    await db.sql
      .insertInto("schedules")
      .values({ hostId, name, ...facts, createdAt: now, updatedAt: now })
      .execute();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    await change();
  }
}

/** False when there is none of that name. */
export async function deleteSchedule(db: Database, hostId: number, name: string): Promise<boolean> {
  const result = await db.sql
    .deleteFrom("schedules")
    .where("hostId", "=", hostId)
    .where("name", "=", name)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** Where a schedule stands after a due time was queued or skipped, or after its next due time was put right. */
export type ScheduleStand = Partial<Pick<Schedule, "nextDueAt" | "lastDueAt" | "lastSkip" | "waitingSince">>;

/** Moves a schedule on, if it is still where it was seen. False: another scheduler, or a person, was first. */
async function advance(sql: Sql, schedule: Schedule, stand: ScheduleStand): Promise<boolean> {
  const result = await sql
    .updateTable("schedules")
    .set(stand)
    .where("id", "=", schedule.id)
    .where("cron", "=", schedule.cron)
    .where("enabled", "=", schedule.enabled)
    .where("nextDueAt", schedule.nextDueAt === null ? "is" : "=", schedule.nextDueAt)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Moves on without a run. */
export const moveSchedule = (db: Database, schedule: Schedule, stand: ScheduleStand): Promise<boolean> =>
  advance(db.sql, schedule, stand);

/**
 * Queues the run of a due time and moves the schedule on, both or neither.
 *
 * Returns the run's id; null when another scheduler has done it. A due time that has its run already is only passed.
 */
export async function queueDueRun(
  db: Database,
  schedule: Schedule,
  run: NewRun,
  stand: ScheduleStand,
  now: Date,
): Promise<number | null> {
  try {
    return await inTransaction(db, async (tx) => {
      if (!(await advance(tx, schedule, stand))) return null;
      return insertRun(tx, run, now);
    });
  } catch (error) {
    if (isLostRace(error)) return null;
    if (!isDuplicateKey(error)) throw error;
    await advance(db.sql, schedule, stand);
    return null;
  }
}

/** Open backup runs by host: those that make another scheduled one of the host needless. */
export async function openBackups(db: Database): Promise<Map<number, number>> {
  const rows = await db.sql
    .selectFrom("runs")
    .select(["hostId", "id"])
    .where("status", "in", ["queued", "running"])
    .where("kind", "=", "backup")
    .orderBy("id", "desc")
    .execute();
  return new Map(rows.map((row) => [row.hostId, row.id]));
}

/** Whether a due time has its run. */
export async function hasRunFor(db: Database, scheduleId: number, dueAt: Date): Promise<boolean> {
  const row = await db.sql
    .selectFrom("runs")
    .select("id")
    .where("scheduleId", "=", scheduleId)
    .where("dueAt", "=", dueAt)
    .executeTakeFirst();
  return row !== undefined;
}
