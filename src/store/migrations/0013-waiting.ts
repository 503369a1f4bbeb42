// Tags of hosts.
import type { Kysely } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const tables = await db.introspection.getTables();
  const has = (table: string, column: string): boolean =>
    tables.some(({ name, columns }) => name === table && columns.some((one) => one.name === column));
  if (!has("hosts", "tags")) await db.schema.alterTable("hosts").addColumn("tags", t.json).execute();
}
