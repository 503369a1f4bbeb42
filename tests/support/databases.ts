// The databases that pobsync runs on, for suites that hold on each of them: a fresh one whenever a test asks.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase, openUnchecked } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrate.ts";
import { startMariadb, type TestMariadb } from "./mariadb.ts";

export const DATABASES = ["sqlite", "mariadb"] as const;
export type DatabaseName = (typeof DATABASES)[number];

export type TestDatabases = {
  /** The server behind them; null for SQLite, which has none. */
  mariadb: TestMariadb | null;
  /** A place of its own for a database that has no tables yet. An SQLite file is not there before it is opened. */
  emptyUrl(): Promise<string>;
  /** A new database with all tables, open. `stop` closes it. */
  fresh(): Promise<Database>;
  /** The same, and where it is. */
  freshAt(): Promise<{ url: string; db: Database }>;
  /** Closes and removes them all, with their server. */
  stop(): Promise<void>;
};

/** A folder in memory where there is one, for tests that write very often: each flush takes a disk milliseconds. */
export const inMemory = (): string => (existsSync("/dev/shm") ? "/dev/shm" : tmpdir());

/**
 * For MariaDB this starts a server, which takes about a second: once a file, in `beforeAll`.
 *
 * @param parent where SQLite's files lie
 */
export async function startDatabases(name: DatabaseName, parent: string = tmpdir()): Promise<TestDatabases> {
  const mariadb = name === "mariadb" ? await startMariadb({ fast: true }) : null;
  const folder = mkdtempSync(join(parent, "pobsync-databases-"));
  const open: Database[] = [];
  let count = 0;
  const emptyUrl = async () =>
    mariadb === null ? `sqlite:${join(folder, `${++count}.sqlite3`)}` : mariadb.createDatabase();
  const freshAt = async () => {
    const url = await emptyUrl();
    const unchecked = await openUnchecked(url);
    try {
      await migrate(unchecked);
    } finally {
      await unchecked.close();
    }
    const db = await openDatabase(url);
    open.push(db);
    return { url, db };
  };
  return {
    mariadb,
    emptyUrl,
    freshAt,
    fresh: async () => (await freshAt()).db,
    async stop() {
      for (const db of open) await db.close();
      await mariadb?.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
