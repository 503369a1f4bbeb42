// Identities: the key pairs that pobsync has made for hosts, private halves sealed.
import type { Kysely } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  await db.schema
    .createTable("identities")
    .ifNotExists()
    .addColumn("id", t.id)
    .addColumn("host_id", t.int, (c) => c.notNull())
    .addColumn("role", t.text(16), (c) => c.notNull())
    .addColumn("access", t.text(16), (c) => c.notNull())
    .addColumn("user", t.text(64), (c) => c.notNull())
    .addColumn("public_key", t.text(2048), (c) => c.notNull())
    .addColumn("sealed_key", t.text(10_000), (c) => c.notNull())
    .addColumn("created_at", t.time, (c) => c.notNull())
    .addColumn("expires_at", t.time)
    .addUniqueConstraint("identities_role", ["host_id", "role"])
    .addForeignKeyConstraint("identities_host", ["host_id"], "hosts", ["id"], (c) => c.onDelete("cascade"))
    .execute();
}
