// The named differences between SQLite and MariaDB. Nothing else in the store asks which database it talks to.
import { type RawBuilder, sql } from "kysely";

export interface DatabaseDialect {
  readonly name: "sqlite" | "mariadb";
  /** Column types for the migrations. */
  readonly types: {
    readonly id: RawBuilder<unknown>;
    readonly int: RawBuilder<unknown>;
    readonly bool: RawBuilder<unknown>;
    readonly time: RawBuilder<unknown>;
    readonly json: RawBuilder<unknown>;
    /** Text that can be part of an index; compared byte by byte, blanks at the end included. */
    readonly text: (length?: number) => RawBuilder<unknown>;
  };
  /** The database's own clock, so that many servers agree on when a lease ends. */
  readonly now: RawBuilder<Date>;
  readonly nowPlus: (seconds: number) => RawBuilder<Date>;
  /** Tables that number their rows, each with the number of the next one. */
  readonly nextIds: RawBuilder<{ readonly name: string; readonly nextId: number }>;
  /** Statements that make a table without rows give this number to its first one. */
  readonly beginIdsAt: (table: string, nextId: number) => readonly RawBuilder<unknown>[];
  /**
   * The name of a table in FROM, for a query that is meant for one index. MariaDB chooses by samples of the table, and with a
   * million runs it has read all runs of each host instead, for half a second.
   */
  readonly by: (table: string, index: string) => RawBuilder<unknown>;
  /** A value as the driver wants it. */
  readonly bind: (value: unknown) => unknown;
}

const jsonText = (value: unknown): unknown =>
  value !== null && typeof value === "object" && !ArrayBuffer.isView(value) ? JSON.stringify(value) : value;

export const SQLITE: DatabaseDialect = {
  name: "sqlite",
  types: {
    // AUTOINCREMENT: the id of a run that was let go is never given to another.
    id: sql.raw("integer primary key autoincrement"),
    int: sql.raw("integer"),
    bool: sql.raw("integer"),
    time: sql.raw("text"),
    json: sql.raw("text"),
    text: () => sql.raw("text"),
  },
  now: sql<Date>`strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`,
  nowPlus: (seconds) =>
    sql<Date>`strftime('%Y-%m-%dT%H:%M:%fZ', 'now', ${`${seconds >= 0 ? "+" : ""}${seconds} seconds`})`,
  nextIds: sql`select name, seq + 1 as next_id from sqlite_sequence`,
  beginIdsAt: (table, nextId) => [
    sql`delete from sqlite_sequence where name = ${table}`,
    sql`insert into sqlite_sequence (name, seq) values (${table}, ${nextId - 1})`,
  ],
  // It chooses by its indices alone, as long as nobody has run ANALYZE.
  by: (table) => sql`${sql.ref(table)}`,
  bind: (value) => {
    if (value instanceof Date) return value.toISOString();
    if (typeof value === "boolean") return Number(value);
    return jsonText(value);
  },
};

export const MARIADB: DatabaseDialect = {
  name: "mariadb",
  types: {
    id: sql.raw("bigint auto_increment primary key"),
    int: sql.raw("bigint"),
    bool: sql.raw("boolean"),
    time: sql.raw("datetime(3)"),
    json: sql.raw("longtext character set utf8mb4 collate utf8mb4_nopad_bin"),
    text: (length = 190) => sql.raw(`varchar(${length}) character set utf8mb4 collate utf8mb4_nopad_bin`),
  },
  now: sql<Date>`utc_timestamp(3)`,
  nowPlus: (seconds) => sql<Date>`date_add(utc_timestamp(3), interval ${seconds} second)`,
  nextIds: sql`
    select table_name as name, auto_increment as next_id from information_schema.tables
    where table_schema = database() and auto_increment is not null`,
  beginIdsAt: (table, nextId) => [sql`alter table ${sql.table(table)} auto_increment = ${sql.lit(nextId)}`],
  by: (table, index) => sql`${sql.ref(table)} force index (${sql.ref(index)})`,
  bind: (value) => (value instanceof Date || typeof value === "boolean" ? value : jsonText(value)),
};
