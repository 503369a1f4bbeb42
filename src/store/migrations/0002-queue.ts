// The queue: schedules, leases, workers, and what the claiming of runs needs. Each statement may be repeated, as in 0001.
import type { Kysely, RawBuilder } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const { schema } = db;
  const columns = await existingColumns(db);
  const add = async (table: string, column: string, type: RawBuilder<unknown>): Promise<void> => {
    if (!columns.has(`${table}.${column}`)) await schema.alterTable(table).addColumn(column, type).execute();
  };
  await add("settings", "log_limit_bytes", t.int);
  await add("settings", "log_keep_seconds", t.int);
  await add("settings", "history_keep_seconds", t.int);
  await add("runs", "schedule_id", t.int);
  await add("runs", "available_at", t.time);
  await schema
    .createTable("schedules")
    .ifNotExists()
    .addColumn("id", t.id)
    .addColumn("host_id", t.int, (c) => c.notNull())
    .addColumn("name", t.text(64), (c) => c.notNull())
    .addColumn("cron", t.text(190), (c) => c.notNull())
    .addColumn("time_zone", t.text(64))
    .addColumn("prune", t.bool, (c) => c.notNull())
    .addColumn("max_delete", t.int)
    .addColumn("jitter_seconds", t.int, (c) => c.notNull())
    .addColumn("enabled", t.bool, (c) => c.notNull())
    .addColumn("next_due_at", t.time)
    .addColumn("last_due_at", t.time)
    .addColumn("last_skip", t.json)
    .addColumn("created_at", t.time, (c) => c.notNull())
    .addColumn("updated_at", t.time, (c) => c.notNull())
    .addUniqueConstraint("schedules_name", ["host_id", "name"])
    .addForeignKeyConstraint("schedules_host", ["host_id"], "hosts", ["id"], (c) => c.onDelete("cascade"))
    .execute();
  await schema
    .createTable("workers")
    .ifNotExists()
    .addColumn("worker_id", t.text(190), (c) => c.primaryKey().notNull())
    .addColumn("role", t.text(16), (c) => c.notNull())
    .addColumn("process_identity", t.text(255), (c) => c.notNull())
    .addColumn("parallel", t.int, (c) => c.notNull())
    .addColumn("started_at", t.time, (c) => c.notNull())
    .addColumn("seen_at", t.time, (c) => c.notNull())
    .execute();
  await schema
    .createTable("run_leases")
    .ifNotExists()
    .addColumn("run_id", t.int, (c) => c.primaryKey().notNull())
    .addColumn("slot", t.int, (c) => c.unique())
    .addColumn("worker_id", t.text(190), (c) => c.notNull())
    .addColumn("process_identity", t.text(255), (c) => c.notNull())
    .addColumn("acquired_at", t.time, (c) => c.notNull())
    .addColumn("expires_at", t.time, (c) => c.notNull())
    .addForeignKeyConstraint("run_leases_run", ["run_id"], "runs", ["id"], (c) => c.onDelete("cascade"))
    .execute();
  // Who holds a lock is said by the run's lease from now on. A run that is under way loses both, and is settled as lost.
  if (columns.has("host_locks.worker_id")) await schema.dropTable("host_locks").ifExists().execute();
  await schema
    .createTable("host_locks")
    .ifNotExists()
    .addColumn("host_id", t.int, (c) => c.primaryKey())
    .addColumn("run_id", t.int, (c) => c.notNull().unique())
    .addForeignKeyConstraint("host_locks_host", ["host_id"], "hosts", ["id"], (c) => c.onDelete("cascade"))
    .addForeignKeyConstraint("host_locks_run", ["run_id"], "runs", ["id"], (c) => c.onDelete("cascade"))
    .execute();
  const indexOn = (table: string, name: string, columns: string[]) =>
    schema.createIndex(name).ifNotExists().on(table).columns(columns);
  const index = (name: string, columns: string[]) => indexOn("runs", name, columns);
  // A due time of a schedule is queued once, however many schedulers there are. Without a schedule both are null.
  await index("runs_due", ["schedule_id", "due_at"]).unique().execute();
  await index("runs_waiting", ["status", "available_at", "id"]).execute();
  // With the status in it, MariaDB need not choose between this and an index that would have to be sorted.
  await index("runs_newest", ["host_id", "kind", "id", "status"]).execute();
  await index("runs_finished", ["finished_at", "status"]).execute();
  // For lists: every filter that is not asked for takes each of its values in turn (see listRuns).
  await index("runs_listed", ["status", "kind", "trigger", "id"]).execute();
  await index("runs_listed_by_host", ["host_id", "status", "kind", "trigger", "id"]).execute();
  await indexOn("snapshots", "snapshots_counted", ["state", "host_id", "finished_at"]).execute();
  // SQLite has none for a foreign key by itself: each run that is let go would be looked for in all snapshots.
  await indexOn("snapshots", "snapshots_of_run", ["run_id"]).execute();
  await indexOn("snapshots", "snapshots_of_base", ["base_id"]).execute();
}

async function existingColumns(db: Kysely<unknown>): Promise<Set<string>> {
  const tables = await db.introspection.getTables();
  return new Set(tables.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`)));
}
