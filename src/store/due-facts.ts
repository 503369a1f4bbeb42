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
    .select(["schedules.hostId", "schedules.lastDueAt", "schedules.nextDueAt"])
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
            val(new Date(0)),
          ),
        )
        .orderBy("runs.dueAt")
        .limit(1)
        // Named as the column is, so that the codec reads it as an instant.
        .as("dueAt"),
    )
    .where("schedules.enabled", "=", true)
    .where(({ and, eb }) => and(hostIds === null ? [] : [eb("schedules.hostId", "in", hostIds)]))
    .execute();
  const facts = rows.map(({ dueAt, ...row }) => ({
    ...row,
    firstDueAt: dueAt,
    windows: windows.get(row.hostId) ?? null,
  }));
  return Map.groupBy(facts, (row) => row.hostId);
}
