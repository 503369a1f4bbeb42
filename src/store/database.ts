// The database: opening it, and refusing one that this program must not touch.
import { accessSync, constants } from "node:fs";
import { Kysely, sql as raw } from "kysely";
import { Problem } from "../domain/problem.ts";
import { NamesAndValuesPlugin } from "./codec.ts";
import { databaseProblem } from "./database-problem.ts";
import { type DatabaseDialect, MARIADB, SQLITE } from "./dialect.ts";
import { openMariadb } from "./mariadb.ts";
import { MIGRATION_NAMES, MIGRATION_TABLE } from "./migrations.ts";
import { openSqlite } from "./sqlite.ts";
import type { Sql, Tables } from "./tables.ts";

/** An open database. Only the store looks inside; everybody else passes it on, and closes what they opened. */
export interface Database {
  readonly sql: Sql;
  readonly dialect: DatabaseDialect;
  readonly close: () => Promise<void>;
  /** The same once more, for what would keep others waiting: SQLite has one connection. Whoever opens it closes it. */
  readonly openAnother: () => Promise<Database>;
  /** Other than before whenever this process may have written, and on SQLite whenever anybody has: see `keep-facts.ts`. */
  readonly changeMark: () => string;
}

/** Where a database is: `sqlite:/path/to/file` or `mariadb://user:password@host:port/name`. */
export function parseDatabaseUrl(
  text: string,
): { kind: "sqlite"; path: string } | { kind: "mariadb"; url: URL } {
  const refuse = (why: string): Problem =>
    new Problem("bad_environment", `POBSYNC_DATABASE_URL ${why}.`, {
      hint: "Write it as sqlite:/path/to/pobsync.sqlite3 or mariadb://user:password@host:3306/name",
    });
  if (text.startsWith("sqlite:")) {
    const path = text.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
    if (path === "" || path.includes("\0")) throw refuse("names no file");
    return { kind: "sqlite", path };
  }
  if (!text.startsWith("mariadb:") && !text.startsWith("mysql:"))
    throw refuse("begins with neither sqlite: nor mariadb:");
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === "" || url.pathname.length < 2)
    throw refuse("lacks a host or a database name");
  return { kind: "mariadb", url };
}

/** Opens the database as it is, for `migrate`. Creates an SQLite file that is not there. */
export async function openUnchecked(databaseUrl: string): Promise<Database> {
  const target = parseDatabaseUrl(databaseUrl);
  const dialect = target.kind === "sqlite" ? SQLITE : MARIADB;
  let writes = 0;
  const wrote = (): void => {
    writes += 1;
  };
  try {
    const { dialect: driver, othersMark } =
      target.kind === "sqlite"
        ? openSqlite(target.path, wrote)
        : { dialect: await openMariadb(target.url, wrote), othersMark: () => "" };
    const sql = new Kysely<Tables>({ dialect: driver, plugins: [new NamesAndValuesPlugin()] });
    return {
      ...{ sql, dialect, close: () => sql.destroy() },
      openAnother: () => openUnchecked(databaseUrl),
      changeMark: () => `${writes} ${othersMark()}`,
    };
  } catch (error) {
    throw databaseProblem(error);
  }
}

/**
 * Opens a database that is ready for use.
 *
 * Refuses with `database_missing`, `database_not_migrated`, `database_newer` or `database_unavailable`.
 */
export async function openDatabase(databaseUrl: string): Promise<Database> {
  const target = parseDatabaseUrl(databaseUrl);
  if (target.kind === "sqlite") requireFile(target.path);
  const database = await openUnchecked(databaseUrl);
  try {
    await refuseOtherSchema(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** One that lies where this user may not look is not missing: `migrate` would be the wrong advice. */
function requireFile(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(code))
      throw new Problem("database_missing", `There is no database at ${path} yet.`);
    if (code === "EACCES")
      throw new Problem("database_unavailable", `This user may not use the database ${path}.`, {
        hint: "Run pobsync as root, or as the user whom the database belongs to.",
        cause: error,
      });
  }
}

/** What an empty database is refused with. */
export const NO_TABLES = "The database has no tables yet.";

async function refuseOtherSchema(database: Database): Promise<void> {
  const applied = await appliedMigrations(database);
  const known = new Set(MIGRATION_NAMES);
  const newer = applied.filter((name) => !known.has(name));
  if (newer.length > 0)
    throw new Problem("database_newer", "The database was made by a newer version of pobsync.", {
      detail: `Migrations this version does not know: ${newer.join(", ")}`,
    });
  const missing = MIGRATION_NAMES.filter((name) => !applied.includes(name));
  if (missing.length === 0) return;
  throw new Problem(
    "database_not_migrated",
    applied.length === 0 ? NO_TABLES : "The database is older than this version of pobsync.",
    { detail: `Missing migrations: ${missing.join(", ")}` },
  );
}

/** Names of the migrations that this database has seen; none when it is empty. */
export async function appliedMigrations(database: Database): Promise<string[]> {
  const raw = database.sql.withoutPlugins() as unknown as Kysely<{ [MIGRATION_TABLE]: { name: string } }>;
  try {
    const rows = await raw.selectFrom(MIGRATION_TABLE).select("name").orderBy("name").execute();
    return rows.map((row) => row.name);
  } catch (error) {
    if (/no such table|doesn't exist/i.test(String(error))) return [];
    throw databaseProblem(error);
  }
}

/** Whether it answers now. */
export const canAnswer = (database: Database): Promise<boolean> =>
  raw`SELECT 1`.execute(database.sql).then(
    () => true,
    () => false,
  );
