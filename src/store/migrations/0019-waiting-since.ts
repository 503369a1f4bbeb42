// Since when a host waits for a backup, also where no run tells of it: no scheduler was there, or another run was open.
import type { Kysely } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const tables = await db.introspection.getTables();
  const isThere = tables.some(
    ({ name, columns }) => name === "schedules" && columns.some((one) => one.name === "waiting_since"),
  );
  if (!isThere) await db.schema.alterTable("schedules").addColumn("waiting_since", t.time).execute();
}
