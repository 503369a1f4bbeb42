// What a database driver's error means for the person who runs pobsync.
import { Problem } from "../domain/problem.ts";

const UNAVAILABLE =
  /ECONNREFUSED|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ECONNRESET|EPIPE|PROTOCOL_CONNECTION_LOST|ER_ACCESS_DENIED|ER_DBACCESS_DENIED|ER_BAD_DB|ER_CON_COUNT|ENOENT|EACCES/;
/**
 * MariaDB's numbers for a server that cannot work just now: disk full (1021, 1114), out of memory or threads (1037, 1041,
 * 1135), not part of its cluster yet (1047), shutting down (1053), connections refused, aborted or killed (1129, 1184, 1203,
 * 1226, 1927), read-only (1290, 1836). By number, because the driver has no names for those that only MariaDB has.
 */
const MARIADB_UNAVAILABLE = new Set([
  1021, 1037, 1041, 1047, 1053, 1114, 1129, 1135, 1184, 1203, 1226, 1290, 1836, 1927,
]);
/** SQLite's primary result codes: busy, locked, out of memory, read-only, I/O error, corrupt, full, cannot open, not a database. */
const SQLITE_UNAVAILABLE = new Set([5, 6, 7, 8, 10, 11, 13, 14, 26]);

/** A driver's error as `database_unavailable` where that is what it says; anything else is left as it is. */
export function databaseProblem(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const { code, errno, errcode, fatal } = error as {
    code?: string;
    errno?: number;
    errcode?: number;
    fatal?: boolean;
  };
  const known =
    (typeof errcode === "number" && SQLITE_UNAVAILABLE.has(errcode & 0xff)) ||
    UNAVAILABLE.test(code ?? "") ||
    MARIADB_UNAVAILABLE.has(errno ?? 0) ||
    // So mysql2 marks what ends a connection, also where it gives it no code: "… connection is in closed state".
    fatal === true;
  if (!known) return error;
  return new Problem("database_unavailable", `The database cannot be used: ${error.message || code}`, {
    cause: error,
  });
}

/** Whether two transactions got in each other's way, so that the same one may simply be tried again. */
export const isLostRace = (error: unknown): boolean => {
  const { code, errno } = (error ?? {}) as { code?: string; errno?: number };
  return code === "ER_LOCK_DEADLOCK" || code === "ER_LOCK_WAIT_TIMEOUT" || errno === 1213 || errno === 1205;
};

/** Whether a row with this key is there already. */
export const isDuplicateKey = (error: unknown): boolean => {
  const { code, errcode } = (error ?? {}) as { code?: string; errcode?: number };
  // 1555 and 2067 are SQLite's extended codes for a primary key and a unique constraint.
  return code === "ER_DUP_ENTRY" || errcode === 1555 || errcode === 2067;
};
