// Whether a snapshot keeps owners, devices and the like in attributes of its files.
import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const tables = await db.introspection.getTables();
  const snapshots = tables.find(({ name }) => name === "snapshots");
  if (snapshots?.columns.some(({ name }) => name === "fake_super") === true) return;
  await db.schema
    .alterTable("snapshots")
    .addColumn("fake_super", sql`${t.bool} not null default ${sql.lit(0)}`)
    .execute();
}
