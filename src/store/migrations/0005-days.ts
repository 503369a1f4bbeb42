// The console's calendar: backups of some hosts by the time at which they began. May be repeated, as in 0001.
import type { Kysely } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  // With the status in it, a month of fifty hosts is read from the index alone.
  await db.schema
    .createIndex("runs_begun")
    .ifNotExists()
    .on("runs")
    .columns(["host_id", "kind", "started_at", "status"])
    .execute();
}
