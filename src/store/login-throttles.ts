// Failed attempts to sign in, in SQL: all servers of a site count together.
import { afterAttempt, FORGIVEN_AFTER_MS, secondsBlocked, type Throttle } from "../domain/login-throttle.ts";
import type { Database } from "./database.ts";
import { isDuplicateKey } from "./database-problem.ts";

/** Whoever finds the row changed by others so often is one of many who guess at the same moment. */
const TRIES_MAX = 20;

/**
 * Counts an attempt as a failure under each key, before anybody knows whether it is one; `forgiveAttempts` takes that back.
 *
 * Returns 0, or the seconds until the next attempt is looked at; then this one is not, and does not count.
 */
export async function countAttempt(db: Database, keys: readonly string[], now: Date): Promise<number> {
  const blocked = await Promise.all(
    keys.map(async (key) => secondsBlocked(await findThrottle(db, key), now)),
  );
  const seconds = Math.max(0, ...blocked);
  if (seconds > 0) return seconds;
  const counted: number[] = [];
  for (const key of keys) counted.push(await countUnder(db, key, now));
  return Math.max(0, ...counted);
}

async function countUnder(db: Database, key: string, now: Date): Promise<number> {
  for (let left = TRIES_MAX; left > 0; left -= 1) {
    const seen = await findThrottle(db, key);
    const seconds = secondsBlocked(seen, now);
    if (seconds > 0) return seconds;
    if (await replaceThrottle(db, key, seen, afterAttempt(seen, now))) return 0;
  }
  return 1;
}

async function findThrottle(db: Database, key: string): Promise<Throttle | null> {
  const row = await db.sql
    .selectFrom("loginThrottles")
    .select(["failures", "firstFailureAt", "blockedUntil", "updatedAt"])
    .where("key", "=", key)
    .executeTakeFirst();
  return row ?? null;
}

/** False: it is not as it was seen any more. */
async function replaceThrottle(
  db: Database,
  key: string,
  seen: Throttle | null,
  next: Throttle,
): Promise<boolean> {
  if (seen === null) {
    try {
      await db.sql
        .insertInto("loginThrottles")
        .values({ key, ...next })
        .execute();
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }
  const result = await db.sql
    .updateTable("loginThrottles")
    .set(next)
    .where("key", "=", key)
    .where("failures", "=", seen.failures)
    .where("updatedAt", "=", seen.updatedAt)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Somebody has proved who they are: what failed before is forgotten. */
export async function forgiveAttempts(db: Database, keys: readonly string[]): Promise<void> {
  await db.sql.deleteFrom("loginThrottles").where("key", "in", keys).execute();
}

/** Takes away those that say nothing any more. */
export async function deleteStaleThrottles(db: Database, now: Date): Promise<void> {
  const before = new Date(now.getTime() - FORGIVEN_AFTER_MS);
  await db.sql.deleteFrom("loginThrottles").where("updatedAt", "<", before).execute();
}
