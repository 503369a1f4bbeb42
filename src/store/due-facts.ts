// Where the schedules of hosts stand: by that it is told whether a backup is missed.
import { sql } from "kysely";
import { effectiveSettings } from "../domain/effective-settings.ts";
import type { DueFacts } from "../domain/health.ts";
import type { Database } from "./database.ts";
import { listWindows } from "./host-windows.ts";
import { storedSkip } from "./schedules.ts";
import { globalLayer } from "./site.ts";
import { storedLayer } from "./stored.ts";

/**
 * Of each host, or of each of these, where its schedules stand that are switched on; without what only the calendar knows.
 *
 * The first due time after the last success is that of the first run that was queued since then, whatever became of it: later
 * ones may be skipped while it waits, and begin anew when it is gone. Or it is the first that was skipped, where the run that waits
 * was due before: somebody has made a snapshot by hand meanwhile.
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
    .select("schedules.lastSkip")
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
  const since = rows.flatMap(({ id, lastDueAt, finishedAt }) =>
    lastDueAt !== null && lastDueAt > (finishedAt ?? EVER) ? [{ id, after: finishedAt ?? EVER }] : [],
  );
  // Nobody has moved on what was due before the success: no scheduler is there, and what it has missed since then counts all the same.
  const behind = rows.flatMap(({ id, nextDueAt, finishedAt }) =>
    nextDueAt !== null && finishedAt !== null && nextDueAt <= finishedAt ? [{ id, after: finishedAt }] : [],
  );
  const [first, missed] = [await firstQueued(db, since), await firstByCalendar(db, behind)];
  const facts = rows.map(({ id, finishedAt, lastSkip, ...row }) => ({
    ...row,
    firstDueAt: earliest(first.get(id), skippedSince(lastSkip, finishedAt), missed.get(id)),
    windows: windows.get(row.hostId) ?? null,
  }));
  return Map.groupBy(facts, (row) => row.hostId);
}

/** The first one that was skipped for another run, if no success has come after it. */
function skippedSince(lastSkip: unknown, success: Date | null): Date | undefined {
  const since = storedSkip(lastSkip)?.since;
  return since !== undefined && since > (success ?? EVER) ? since : undefined;
}

const earliest = (...instants: readonly (Date | undefined)[]): Date | null =>
  instants.reduce<Date | null>(
    (first, instant) => (instant === undefined || (first !== null && first <= instant) ? first : instant),
    null,
  );

const EVER = new Date(0);
/** Schedules that one statement asks about. */
const AT_ONCE = 100;

/**
 * The due time of the first run that each of these schedules queued after a moment. One look into an index each: where the moment is
 * not written out, MariaDB reads all runs of a schedule before it. SQLite does not, and one short statement is quicker there.
 */
async function firstQueued(
  db: Database,
  schedules: readonly { id: number; after: Date }[],
): Promise<Map<number, Date>> {
  if (schedules.length === 0) return new Map();
  if (db.dialect.name === "sqlite") return firstOfAll(db, schedules);
  const parts = Array.from({ length: Math.ceil(schedules.length / AT_ONCE) }, (_, at) =>
    schedules.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
  const rows = await Promise.all(parts.map((part) => firstOfEach(db, part)));
  return new Map(rows.flat().map(({ scheduleId, dueAt }) => [scheduleId, dueAt]));
}

/** Written out, because putting hundreds of selects together from their parts takes longer than to answer them. */
async function firstOfEach(db: Database, schedules: readonly { id: number; after: Date }[]) {
  const looks = schedules.map(
    ({ id, after }) =>
      sql`(select schedule_id, due_at from runs where schedule_id = ${id} and due_at > ${after} order by due_at limit 1)`,
  );
  const all = sql<{ scheduleId: number; dueAt: Date }>`(${sql.join(looks, sql` union all `)})`;
  // A select around it, because anything else is taken for a change.
  return db.sql.selectFrom(all.as("first")).select(["scheduleId", "dueAt"]).execute();
}

async function firstOfAll(
  db: Database,
  schedules: readonly { id: number; after: Date }[],
): Promise<Map<number, Date>> {
  const rows = await db.sql
    .selectFrom("schedules")
    .select("schedules.id")
    .select(({ selectFrom, fn, val }) =>
      selectFrom("runs")
        .select("runs.dueAt")
        .whereRef("runs.scheduleId", "=", "schedules.id")
        .where("runs.dueAt", ">", (eb) =>
          fn.coalesce(
            eb
              .selectFrom("snapshots")
              .select("snapshots.finishedAt")
              .where("snapshots.state", "=", "complete")
              .whereRef("snapshots.hostId", "=", "schedules.hostId")
              .orderBy("snapshots.finishedAt", "desc")
              .limit(1),
            val(EVER),
          ),
        )
        .orderBy("runs.dueAt")
        .limit(1)
        .as("dueAt"),
    )
    .where(
      "schedules.id",
      "in",
      schedules.map(({ id }) => id),
    )
    .execute();
  return new Map(rows.flatMap(({ id, dueAt }) => (dueAt === null ? [] : [[id, dueAt] as const])));
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
      const due = nextDue({ cron, timeZone: zone }, after.get(id) ?? EVER);
      return due === null ? [] : [[id, due] as const];
    }),
  );
}
