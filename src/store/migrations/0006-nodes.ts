// Several backup servers on one database: where each keeps its backups, and which of them each host is kept on.
import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const { schema } = db;
  const tables = await db.introspection.getTables();
  const has = (table: string, column: string): boolean =>
    tables.some(({ name, columns }) => name === table && columns.some((one) => one.name === column));
  await schema
    .createTable("nodes")
    .ifNotExists()
    .addColumn("id", t.id)
    .addColumn("name", t.text(64), (c) => c.notNull())
    .addColumn("backup_root", t.text(4096), (c) => c.notNull())
    .addColumn("root_id", t.text(64), (c) => c.notNull())
    .addColumn("updated_at", t.time, (c) => c.notNull())
    .addUniqueConstraint("nodes_name", ["name"])
    .execute();
  // What was there before belongs to the first server.
  for (const table of ["hosts", "workers"])
    if (!has(table, "node"))
      await schema
        .alterTable(table)
        .addColumn("node", sql`${t.text(64)} not null default 'main'`)
        .execute();
}
