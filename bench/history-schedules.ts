// Where the schedules of a history stand, by the runs that it has.
import type { Database } from "../src/store/database.ts";

/** A schedule's last due time is that of the last run that it queued; where that one failed, its host waits since then. */
export async function noteDueTimes(db: Database): Promise<void> {
  await db.sql
    .updateTable("schedules")
    .set(({ selectFrom }) => ({
      lastDueAt: selectFrom("runs")
        .select(({ fn }) => fn.max("runs.dueAt").as("dueAt"))
        .whereRef("runs.scheduleId", "=", "schedules.id"),
    }))
    .execute();
  await db.sql
    .updateTable("schedules")
    .set(({ ref }) => ({ waitingSince: ref("lastDueAt") }))
    .execute();
}
