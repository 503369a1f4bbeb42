// Alerts, the messages about them, and whose turn it is to look. Each statement may be repeated, as in 0001.
import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const { schema } = db;
  await schema
    .createTable("alerts")
    .ifNotExists()
    .addColumn("id", t.id)
    .addColumn("key", t.text(190), (c) => c.notNull())
    .addColumn("open_key", t.text(190), (c) => c.unique())
    .addColumn("code", t.text(64), (c) => c.notNull())
    .addColumn("host_id", t.int)
    .addColumn("node", t.text(64))
    .addColumn("severity", t.text(16), (c) => c.notNull())
    .addColumn("message", t.text(2000), (c) => c.notNull())
    .addColumn("hint", t.text(2000), (c) => c.notNull())
    .addColumn("shown_by_run", t.int)
    .addColumn("since", t.time)
    .addColumn("first_seen_at", t.time, (c) => c.notNull())
    .addColumn("opened_at", t.time)
    .addColumn("well_since", t.time)
    .addColumn("flaps", sql`${t.int} not null default 0`)
    .addColumn("acknowledged_at", t.time)
    .addColumn("acknowledged_by", t.text(190))
    .addColumn("acknowledged_reason", t.text(500))
    .addColumn("cleared_at", t.time)
    .addForeignKeyConstraint("alerts_host", ["host_id"], "hosts", ["id"], (c) => c.onDelete("cascade"))
    .execute();
  await schema
    .createTable("notifications")
    .ifNotExists()
    .addColumn("id", t.id)
    .addColumn("channel_id", t.int, (c) => c.notNull())
    .addColumn("channel_name", t.text(190), (c) => c.notNull())
    .addColumn("alert_id", t.int)
    .addColumn("kind", t.text(16), (c) => c.notNull())
    .addColumn("severity", t.text(16), (c) => c.notNull())
    .addColumn("subject", t.text(300), (c) => c.notNull())
    .addColumn("body", t.text(10_000), (c) => c.notNull())
    .addColumn("host", t.text(64))
    .addColumn("code", t.text(64))
    .addColumn("since", t.time)
    .addColumn("url", t.text(1000))
    .addColumn("once_key", t.text(190), (c) => c.unique())
    .addColumn("state", t.text(16), (c) => c.notNull())
    .addColumn("attempts", sql`${t.int} not null default 0`)
    .addColumn("next_attempt_at", t.time, (c) => c.notNull())
    .addColumn("sender_id", t.text(190))
    .addColumn("sender_until", t.time)
    .addColumn("created_at", t.time, (c) => c.notNull())
    .addColumn("sent_at", t.time)
    .addColumn("error", t.text(2000))
    .addForeignKeyConstraint("notifications_alert", ["alert_id"], "alerts", ["id"], (c) =>
      c.onDelete("set null"),
    )
    .execute();
  await schema
    .createTable("alert_notices")
    .ifNotExists()
    .addColumn("alert_id", t.int, (c) => c.notNull())
    .addColumn("channel_id", t.int, (c) => c.notNull())
    .addColumn("kind", t.text(16), (c) => c.notNull())
    .addColumn("turn", t.int, (c) => c.notNull())
    .addColumn("severity", t.text(16), (c) => c.notNull())
    .addColumn("notification_id", t.int, (c) => c.notNull())
    .addPrimaryKeyConstraint("alert_notices_once", ["alert_id", "channel_id", "kind", "turn"])
    .addForeignKeyConstraint("alert_notices_alert", ["alert_id"], "alerts", ["id"], (c) =>
      c.onDelete("cascade"),
    )
    .addForeignKeyConstraint("alert_notices_message", ["notification_id"], "notifications", ["id"], (c) =>
      c.onDelete("cascade"),
    )
    .execute();
  await schema
    .createTable("watch_turns")
    .ifNotExists()
    .addColumn("name", t.text(100), (c) => c.primaryKey().notNull())
    .addColumn("watcher_id", t.text(190))
    .addColumn("next_look_at", t.time, (c) => c.notNull())
    .execute();
  const index = (table: string, name: string, columns: string[]) =>
    schema.createIndex(name).ifNotExists().on(table).columns(columns).execute();
  // SQLite has none for a foreign key by itself.
  await index("alerts", "alerts_of_host", ["host_id"]);
  await index("alerts", "alerts_over", ["cleared_at", "id"]);
  await index("notifications", "notifications_waiting", ["state", "next_attempt_at"]);
  await index("notifications", "notifications_of_alert", ["alert_id"]);
  await index("notifications", "notifications_made", ["created_at"]);
  await index("alert_notices", "alert_notices_of_message", ["notification_id"]);
}
