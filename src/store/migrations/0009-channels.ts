// Channels: where messages go, with what it takes to get there sealed.
import type { Kysely } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  await db.schema
    .createTable("notification_channels")
    .ifNotExists()
    .addColumn("id", t.id)
    .addColumn("name", t.text(64), (c) => c.notNull())
    .addColumn("kind", t.text(16), (c) => c.notNull())
    .addColumn("enabled", t.bool, (c) => c.notNull())
    .addColumn("rules", t.json, (c) => c.notNull())
    // No limit of a database: a template of a message may be long.
    .addColumn("sealed_settings", t.json, (c) => c.notNull())
    .addColumn("broken_since", t.time)
    .addColumn("broken_why", t.text(1000))
    .addColumn("created_at", t.time, (c) => c.notNull())
    .addColumn("updated_at", t.time, (c) => c.notNull())
    .addUniqueConstraint("notification_channels_name", ["name"])
    .execute();
}
