// Tags of hosts, and when a host may be backed up.
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const tables = await db.introspection.getTables();
  const has = (table: string, column: string): boolean =>
    tables.some(({ name, columns }) => name === table && columns.some((one) => one.name === column));
  const add = async (table: string, column: string, type: RawBuilder<unknown>): Promise<void> => {
    if (!has(table, column)) await db.schema.alterTable(table).addColumn(column, type).execute();
  };
  await add("hosts", "tags", t.json);
  await add("hosts", "window_from", t.time);
  await add("hosts", "window_until", t.time);
  await add("runs", "in_window", sql`${t.bool} not null default ${sql.lit(0)}`);
  await add("runs", "rate_limit", t.int);
}
