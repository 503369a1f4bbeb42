// What a person has said of a snapshot that looked odd.
import type { Kysely } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const snapshots = (await db.introspection.getTables()).find(({ name }) => name === "snapshots");
  if (snapshots?.columns.some(({ name }) => name === "anomaly_verdict") === true) return;
  await db.schema.alterTable("snapshots").addColumn("anomaly_verdict", t.json).execute();
}
