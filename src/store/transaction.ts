// Transactions that may be tried again as a whole.
import type { Database } from "./database.ts";
import { isLostRace } from "./database-problem.ts";
import type { Sql } from "./tables.ts";

const TRIES_MAX = 5;

/** Runs a transaction; one that lost a race against another (a deadlock, also at commit on a cluster) is tried again. */
export async function inTransaction<T>(db: Database, work: (tx: Sql) => Promise<T>): Promise<T> {
  for (let left = TRIES_MAX; ; left -= 1) {
    try {
      return await db.sql.transaction().execute(work);
    } catch (error) {
      if (left <= 1 || !isLostRace(error)) throw error;
    }
  }
}

/**
 * What several functions of the store write, in one transaction: all or nothing.
 *
 * Inside, only the database that `work` gets may be used, because SQLite has one connection, which is taken. And nothing but
 * the database may be touched, because the whole may be tried again.
 */
export const together = <T>(db: Database, work: (db: Database) => Promise<T>): Promise<T> =>
  inTransaction(db, (sql) => work({ ...db, sql }));
