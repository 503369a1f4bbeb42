// How a backup shares with the one before it what did not change.
import type { Kysely } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const tables = await db.introspection.getTables();
  const isThere = tables.some(
    ({ name, columns }) => name === "runs" && columns.some((one) => one.name === "sharing"),
  );
  if (!isThere) await db.schema.alterTable("runs").addColumn("sharing", t.text(16)).execute();
}
