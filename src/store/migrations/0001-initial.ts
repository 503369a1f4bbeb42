// The first tables: configuration, runs, locks, snapshots. Each statement may be repeated, because MariaDB commits DDL at once.
import type { Kysely } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const { schema } = db;
  await schema
    .createTable("settings")
    .ifNotExists()
    .addColumn("id", t.int, (c) => c.primaryKey())
    .addColumn("backup_root", t.text(4096), (c) => c.notNull())
    .addColumn("root_id", t.text(64), (c) => c.notNull())
    .addColumn("max_parallel", t.int, (c) => c.notNull())
    .addColumn("min_free_percent", t.text(16), (c) => c.notNull())
    .addColumn("host_key_policy", t.text(16), (c) => c.notNull())
    .addColumn("inherited", t.json, (c) => c.notNull())
    .addColumn("updated_at", t.time, (c) => c.notNull())
    .execute();
  await schema
    .createTable("hosts")
    .ifNotExists()
    .addColumn("id", t.id)
    .addColumn("name", t.text(64), (c) => c.notNull().unique())
    .addColumn("address", t.text(255), (c) => c.notNull())
    .addColumn("transport", t.text(16), (c) => c.notNull())
    .addColumn("enabled", t.bool, (c) => c.notNull())
    .addColumn("host_keys", t.json, (c) => c.notNull())
    .addColumn("own", t.json, (c) => c.notNull())
    .addColumn("created_at", t.time, (c) => c.notNull())
    .addColumn("updated_at", t.time, (c) => c.notNull())
    .execute();
  await schema
    .createTable("runs")
    .ifNotExists()
    .addColumn("id", t.id)
    .addColumn("host_id", t.int, (c) => c.notNull())
    .addColumn("kind", t.text(16), (c) => c.notNull())
    .addColumn("trigger", t.text(16), (c) => c.notNull())
    .addColumn("status", t.text(16), (c) => c.notNull())
    .addColumn("attempt", t.int, (c) => c.notNull())
    .addColumn("retry_of", t.int)
    .addColumn("requested_by", t.text(190))
    .addColumn("queued_at", t.time, (c) => c.notNull())
    .addColumn("due_at", t.time)
    .addColumn("started_at", t.time)
    .addColumn("finished_at", t.time)
    .addColumn("worker_id", t.text(190))
    .addColumn("phase", t.text(32))
    .addColumn("progress", t.json)
    .addColumn("options", t.json, (c) => c.notNull())
    .addColumn("snapshot_name", t.text(64))
    .addColumn("base_name", t.text(64))
    .addColumn("stats", t.json)
    .addColumn("problem", t.json)
    .addColumn("warnings", t.json, (c) => c.notNull())
    .addColumn("cancel_requested_at", t.time)
    .addForeignKeyConstraint("runs_host", ["host_id"], "hosts", ["id"], (c) => c.onDelete("cascade"))
    .execute();
  await schema.createIndex("runs_by_host").ifNotExists().on("runs").columns(["host_id", "id"]).execute();
  await schema.createIndex("runs_by_status").ifNotExists().on("runs").columns(["status", "id"]).execute();
  await schema
    .createTable("host_locks")
    .ifNotExists()
    .addColumn("host_id", t.int, (c) => c.primaryKey())
    .addColumn("run_id", t.int, (c) => c.notNull())
    .addColumn("worker_id", t.text(190), (c) => c.notNull())
    .addColumn("process_identity", t.text(255), (c) => c.notNull())
    .addColumn("acquired_at", t.time, (c) => c.notNull())
    .addColumn("lease_expires_at", t.time, (c) => c.notNull())
    .addForeignKeyConstraint("host_locks_host", ["host_id"], "hosts", ["id"], (c) => c.onDelete("cascade"))
    .execute();
  await schema
    .createTable("snapshots")
    .ifNotExists()
    .addColumn("id", t.id)
    .addColumn("host_id", t.int, (c) => c.notNull())
    .addColumn("name", t.text(64), (c) => c.notNull())
    .addColumn("kind", t.text(16), (c) => c.notNull())
    .addColumn("state", t.text(16), (c) => c.notNull())
    .addColumn("status", t.text(16), (c) => c.notNull())
    .addColumn("started_at", t.time, (c) => c.notNull())
    .addColumn("finished_at", t.time, (c) => c.notNull())
    .addColumn("base_name", t.text(64))
    .addColumn("base_id", t.int)
    .addColumn("files", t.int)
    .addColumn("bytes", t.int)
    .addColumn("new_bytes", t.int)
    .addColumn("run_id", t.int)
    .addColumn("pin", t.json)
    .addColumn("verified_at", t.time)
    .addColumn("verify_result", t.text(32))
    .addUniqueConstraint("snapshots_name", ["host_id", "name"])
    .addForeignKeyConstraint("snapshots_host", ["host_id"], "hosts", ["id"], (c) => c.onDelete("cascade"))
    .addForeignKeyConstraint("snapshots_base", ["base_id"], "snapshots", ["id"], (c) =>
      c.onDelete("set null"),
    )
    .addForeignKeyConstraint("snapshots_run", ["run_id"], "runs", ["id"], (c) => c.onDelete("set null"))
    .execute();
  await schema
    .createIndex("snapshots_by_host")
    .ifNotExists()
    .on("snapshots")
    .columns(["host_id", "state", "started_at"])
    .execute();
}
