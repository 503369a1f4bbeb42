// People: who may sign in and how, what scripts sign in with, and who did what. Each statement may be repeated, as in 0001.
import { type Kysely, sql } from "kysely";
import type { DatabaseDialect } from "../dialect.ts";

export async function up(db: Kysely<unknown>, { types: t }: DatabaseDialect): Promise<void> {
  const { schema } = db;
  await schema
    .createTable("users")
    .ifNotExists()
    .addColumn("id", t.id)
    .addColumn("username", t.text(64), (c) => c.notNull().unique())
    .addColumn("display_name", t.text(190))
    .addColumn("role", t.text(16), (c) => c.notNull())
    .addColumn("password_hash", t.text(255), (c) => c.notNull())
    .addColumn("totp_secret", t.text(64))
    .addColumn("totp_confirmed_at", t.time)
    .addColumn("totp_last_step", t.int)
    .addColumn("recovery_codes", t.json, (c) => c.notNull())
    .addColumn("enabled", t.bool, (c) => c.notNull())
    .addColumn("created_at", t.time, (c) => c.notNull())
    .addColumn("updated_at", t.time, (c) => c.notNull())
    .addColumn("last_login_at", t.time)
    .addColumn("password_changed_at", t.time, (c) => c.notNull())
    .addColumn("revision", sql`${t.int} not null default 0`)
    .execute();
  await schema
    .createTable("sessions")
    .ifNotExists()
    .addColumn("id_hash", t.text(64), (c) => c.primaryKey().notNull())
    .addColumn("user_id", t.int, (c) => c.notNull())
    .addColumn("csrf_token", t.text(64), (c) => c.notNull())
    .addColumn("created_at", t.time, (c) => c.notNull())
    .addColumn("seen_at", t.time, (c) => c.notNull())
    .addColumn("expires_at", t.time, (c) => c.notNull())
    .addColumn("address", t.text(64))
    .addColumn("user_agent", t.text(255))
    .addForeignKeyConstraint("sessions_user", ["user_id"], "users", ["id"], (c) => c.onDelete("cascade"))
    .execute();
  await schema
    .createTable("api_tokens")
    .ifNotExists()
    .addColumn("id", t.id)
    .addColumn("user_id", t.int, (c) => c.notNull())
    .addColumn("name", t.text(190), (c) => c.notNull())
    .addColumn("token_hash", t.text(64), (c) => c.notNull().unique())
    .addColumn("role", t.text(16), (c) => c.notNull())
    .addColumn("created_at", t.time, (c) => c.notNull())
    .addColumn("expires_at", t.time)
    .addColumn("last_used_at", t.time)
    .addForeignKeyConstraint("api_tokens_user", ["user_id"], "users", ["id"], (c) => c.onDelete("cascade"))
    .execute();
  await schema
    .createTable("audit_entries")
    .ifNotExists()
    .addColumn("id", t.id)
    .addColumn("at", t.time, (c) => c.notNull())
    .addColumn("actor", t.text(190))
    .addColumn("actor_kind", t.text(16), (c) => c.notNull())
    .addColumn("address", t.text(64))
    .addColumn("action", t.text(64), (c) => c.notNull())
    .addColumn("subject_kind", t.text(32), (c) => c.notNull())
    .addColumn("subject", t.text(255), (c) => c.notNull())
    .addColumn("detail", t.json, (c) => c.notNull())
    .execute();
  await schema
    .createTable("login_throttles")
    .ifNotExists()
    .addColumn("key", t.text(190), (c) => c.primaryKey().notNull())
    .addColumn("failures", t.int, (c) => c.notNull())
    .addColumn("first_failure_at", t.time, (c) => c.notNull())
    .addColumn("blocked_until", t.time)
    .addColumn("updated_at", t.time, (c) => c.notNull())
    .execute();
  const index = (table: string, name: string, columns: string[]) =>
    schema.createIndex(name).ifNotExists().on(table).columns(columns).execute();
  // SQLite has none for a foreign key by itself.
  await index("sessions", "sessions_of_user", ["user_id", "seen_at"]);
  await index("sessions", "sessions_ended", ["expires_at"]);
  await index("api_tokens", "api_tokens_of_user", ["user_id"]);
  // Newest first is by id, which each of these ends with: a filtered page is read and not sorted.
  await index("audit_entries", "audit_entries_by_actor", ["actor", "id"]);
  await index("audit_entries", "audit_entries_by_subject", ["subject_kind", "subject", "id"]);
  await index("audit_entries", "audit_entries_by_action", ["action", "id"]);
  await index("audit_entries", "audit_entries_by_time", ["at"]);
  await index("login_throttles", "login_throttles_old", ["updated_at"]);
}
