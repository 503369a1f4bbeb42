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
  bind: (value) => (value instanceof Date || typeof value === "boolean" ? value : jsonText(value)),
};
