// Where pings go: for the site (number 0), and for each host that has a dead man's switch (the host's own number).
import type { Kysely } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  await db.schema
    .createTable("pings")
    .ifNotExists()
    .addColumn("id", t.int, (c) => c.notNull().primaryKey())
    .addColumn("host_id", t.int)
    .addColumn("shown_url", t.text(400), (c) => c.notNull())
    // An address of the greatest length, sealed.
    .addColumn("sealed_url", t.text(4000), (c) => c.notNull())
    .addColumn("allow_private", t.bool, (c) => c.notNull())
    .addColumn("broken_since", t.time)
    .addColumn("broken_why", t.text(1000))
    .addColumn("updated_at", t.time, (c) => c.notNull())
    .addForeignKeyConstraint("pings_host", ["host_id"], "hosts", ["id"], (c) => c.onDelete("cascade"))
    .execute();
}
