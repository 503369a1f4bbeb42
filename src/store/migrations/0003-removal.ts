// Removal and its opposite: what happened to a snapshot, who reads it just now, and what a person has said about a doubt.
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const { schema } = db;
  const tables = await db.introspection.getTables();
  const known = new Set(
    tables.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`)),
  );
  const add = async (table: string, column: string, type: RawBuilder<unknown>): Promise<void> => {
    if (!known.has(`${table}.${column}`)) await schema.alterTable(table).addColumn(column, type).execute();
  };
  await add("snapshots", "revision", sql`${t.int} not null default 0`);
  await add("snapshots", "removal_run_id", t.int);
  await add("snapshots", "removed_at", t.time);
  await add("snapshots", "trash_until", t.time);
  await add("snapshots", "freed_bytes", t.int);
  await add("snapshots", "anomaly", t.text(1000));
  await add("snapshots", "adopted_from", t.text(4000));
  await add("runs", "result", t.json);
  await add("hosts", "trusted_at", t.time);
  await add("hosts", "trusted_snapshot_id", t.int);
  await schema
    .createTable("snapshot_holds")
    .ifNotExists()
    .addColumn("run_id", t.int, (c) => c.notNull())
    .addColumn("snapshot_id", t.int, (c) => c.notNull())
    .addPrimaryKeyConstraint("snapshot_holds_key", ["run_id", "snapshot_id"])
    .addForeignKeyConstraint("snapshot_holds_run", ["run_id"], "runs", ["id"], (c) => c.onDelete("cascade"))
    .addForeignKeyConstraint("snapshot_holds_snapshot", ["snapshot_id"], "snapshots", ["id"], (c) =>
      c.onDelete("cascade"),
    )
    .execute();
  const index = (table: string, name: string, columns: string[]) =>
    schema.createIndex(name).ifNotExists().on(table).columns(columns).execute();
  // Both are asked for with an id that few snapshots have: what a run has removed, what a snapshot is held by.
  await index("snapshots", "snapshots_removed_by", ["removal_run_id"]);
  await index("snapshot_holds", "snapshot_holds_of", ["snapshot_id"]);
}
