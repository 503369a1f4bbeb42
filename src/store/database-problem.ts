// What a database driver's error means for the person who runs pobsync.
import { Problem } from "../domain/problem.ts";

const UNAVAILABLE =
  /ECONNREFUSED|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ECONNRESET|EPIPE|PROTOCOL_CONNECTION_LOST|ER_ACCESS_DENIED|ER_DBACCESS_DENIED|ER_BAD_DB|ER_CON_COUNT|ENOENT|EACCES/;
/** SQLite's primary result codes: busy, locked, out of memory, read-only, I/O error, corrupt, full, cannot open, not a database. */
const SQLITE_UNAVAILABLE = new Set([5, 6, 7, 8, 10, 11, 13, 14, 26]);

/** A driver's error as `database_unavailable` where that is what it says; anything else is left as it is. */
export function databaseProblem(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const { code, errcode } = error as { code?: string; errcode?: number };
  const known =
    (typeof errcode === "number" && SQLITE_UNAVAILABLE.has(errcode & 0xff)) || UNAVAILABLE.test(code ?? "");
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
