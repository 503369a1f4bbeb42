// Where the schedules of hosts stand: by that it is told whether a backup is missed.
import type { DueFacts } from "../domain/health.ts";
import type { Database } from "./database.ts";
import { listWindows } from "./host-windows.ts";

/**
 * Of each host, or of each of these, where its schedules stand that are switched on; without what only the calendar knows.
 *
 * The first due time after the last success is that of the first run that was queued since then, whatever became of it: later
 * ones may be skipped while it waits, and begin anew when it is gone.
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
  const first = await firstQueued(db, since);
  const facts = rows.map(({ id, finishedAt, ...row }) => ({
    ...row,
    firstDueAt: first.get(id) ?? null,
    windows: windows.get(row.hostId) ?? null,
  }));
  return Map.groupBy(facts, (row) => row.hostId);
}

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
  const found = new Map<number, Date>();
  if (schedules.length === 0) return found;
  if (db.dialect.name === "sqlite") return firstOfAll(db, schedules);
  for (let at = 0; at < schedules.length; at += AT_ONCE) {
    const [head, ...others] = schedules.slice(at, at + AT_ONCE).map(({ id, after }) => {
      const first = db.sql
        .selectFrom("runs")
        .select(["scheduleId", "dueAt"])
        .where("scheduleId", "=", id)
        .where("dueAt", ">", after)
        .orderBy("dueAt")
        .limit(1);
      return db.sql.selectFrom(first.as("first")).select(["scheduleId", "dueAt"]);
    });
    if (head === undefined) break;
    const rows = await others.reduce((together, more) => together.unionAll(more), head).execute();
    for (const { scheduleId, dueAt } of rows)
      if (scheduleId !== null && dueAt !== null) found.set(scheduleId, dueAt);
  }
  return found;
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
