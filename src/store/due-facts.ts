// Where the schedules of hosts stand: by that it is told whether a backup is missed.
import { effectiveSettings } from "../domain/effective-settings.ts";
import type { DueFacts } from "../domain/health.ts";
import type { Database } from "./database.ts";
import { listWindows } from "./host-windows.ts";
import { globalLayer } from "./site.ts";
import { storedLayer } from "./stored.ts";

/**
 * Of each host, or of each of these, where its schedules stand that are switched on.
 *
 * The first due time after the last success is what the scheduler has noted when it passed it, whether it queued a run for it, skipped
 * it for one that waits, or came too late for it. What it has not passed yet, the calendar knows.
 */
export async function dueFacts(
  db: Database,
  hostIds: readonly number[] | null = null,
): Promise<Map<number, DueFacts[]>> {
  if (hostIds?.length === 0) return new Map();
  const placed = await listWindows(db, { placed: true, ...(hostIds === null ? {} : { hostIds }) });
  const windows = new Map(placed.map((host) => [host.hostId, host]));
  const rows = await db.sql
    .selectFrom("schedules")
    .select(["schedules.id", "schedules.hostId", "schedules.lastDueAt", "schedules.nextDueAt"])
    .select("schedules.waitingSince")
    .select(({ selectFrom }) =>
      selectFrom("snapshots")
        .select("snapshots.finishedAt")
        .where("snapshots.state", "=", "complete")
        .whereRef("snapshots.hostId", "=", "schedules.hostId")
        .orderBy("snapshots.finishedAt", "desc")
        .limit(1)
        // Named as the column is, so that the codec reads it as an instant.
        .as("finishedAt"),
    )
    .where("schedules.enabled", "=", true)
    .where(({ and, eb }) => and(hostIds === null ? [] : [eb("schedules.hostId", "in", hostIds)]))
    .execute();
  // Nobody has moved on what was due before the success: no scheduler is there, and what it has missed since then counts all the same.
  const behind = rows.flatMap(({ id, nextDueAt, finishedAt }) =>
    nextDueAt !== null && finishedAt !== null && nextDueAt <= finishedAt ? [{ id, after: finishedAt }] : [],
  );
  const missed = await firstByCalendar(db, behind);
  const facts = rows.map(({ id, finishedAt, waitingSince, ...row }) => ({
    ...row,
    firstDueAt:
      waitingSince !== null && (finishedAt === null || waitingSince > finishedAt)
        ? waitingSince
        : (missed.get(id) ?? null),
    windows: windows.get(row.hostId) ?? null,
  }));
  return Map.groupBy(facts, (row) => row.hostId);
}

/** The first due time after a moment by the calendar, which is loaded only here: these are few, and usually none. */
async function firstByCalendar(
  db: Database,
  schedules: readonly { id: number; after: Date }[],
): Promise<Map<number, Date>> {
  if (schedules.length === 0) return new Map();
  const { nextDue } = await import("../domain/schedule.ts");
  const [global, rows] = await Promise.all([
    globalLayer(db),
    db.sql
      .selectFrom("schedules")
      .innerJoin("hosts", "hosts.id", "schedules.hostId")
      .select(["schedules.id", "schedules.cron", "schedules.timeZone", "hosts.own"])
      .where(
        "schedules.id",
        "in",
        schedules.map(({ id }) => id),
      )
      .execute(),
  ]);
  const after = new Map(schedules.map((schedule) => [schedule.id, schedule.after]));
  return new Map(
    rows.flatMap(({ id, cron, timeZone, own }) => {
      const zone = timeZone ?? effectiveSettings(global, storedLayer(own)).values.timeZone;
      try {
        const due = nextDue({ cron, timeZone: zone }, after.get(id) ?? new Date(0));
        return due === null ? [] : [[id, due] as const];
      } catch {
        // A time zone that this server doesn't know: its scheduler complains of it.
        return [];
      }
    }),
  );
}
