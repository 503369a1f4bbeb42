// The list of all hosts' snapshots, newest first: each filter that is not asked for takes each of its values in turn.
import type { Kysely } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, _dialect: DatabaseDialect): Promise<void> {
  await db.schema
    .createIndex("snapshots_listed")
    .ifNotExists()
    .on("snapshots")
    .columns(["state", "kind", "status", "started_at"])
    .execute();
}
