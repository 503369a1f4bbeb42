// In what rsync receives: what the site wants, and what a run had.
import type { Kysely } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const tables = await db.introspection.getTables();
  const has = (table: string): boolean =>
    tables.some(({ name, columns }) => name === table && columns.some((one) => one.name === "sandbox"));
  for (const table of ["settings", "runs"])
    if (!has(table)) await db.schema.alterTable(table).addColumn("sandbox", t.text(16)).execute();
}
