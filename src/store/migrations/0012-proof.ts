// Proof: of each host what is stored, when it was read again, and how its last restore drill ended.
import type { Kysely } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  await db.schema
    .createTable("proofs")
    .ifNotExists()
    .addColumn("host_id", t.int, (c) => c.notNull().primaryKey())
    .addColumn("stored_files", t.int)
    .addColumn("stored_bytes", t.int)
    .addColumn("damaged_files", t.int)
    .addColumn("reads", t.json)
    .addColumn("weighed_at", t.time)
    .addColumn("verify_queued_at", t.time)
    .addColumn("drill_queued_at", t.time)
    .addColumn("drilled_at", t.time)
    .addColumn("drill_run_id", t.int)
    .addColumn("drill_status", t.text(16))
    .addColumn("drill", t.json)
    .addForeignKeyConstraint("proofs_host", ["host_id"], "hosts", ["id"], (c) => c.onDelete("cascade"))
    .execute();
}
