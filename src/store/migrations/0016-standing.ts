// Whose wish a run is: retries and what a worker hands back keep the standing of their first attempt.
import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const tables = await db.introspection.getTables();
  const isThere = tables.some(
    ({ name, columns }) => name === "runs" && columns.some((one) => one.name === "by_hand"),
  );
  if (!isThere)
    await db.schema
      .alterTable("runs")
      .addColumn("by_hand", sql`${t.bool} not null default ${sql.lit(0)}`)
      .execute();
  await sql`UPDATE runs SET by_hand = 1 WHERE ${sql.ref("trigger")} = 'manual'`.execute(db);
}
