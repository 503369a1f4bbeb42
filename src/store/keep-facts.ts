// What was read of the database and is good for the next who asks, as long as nobody has changed anything.
import type { Database } from "./database.ts";

/** How long changes of other processes may stay unseen on a database that doesn't tell of them. */
const UNSEEN_MS = 1000;

export interface Kept<T> {
  /** What holds now. Several who ask at once share one reading. */
  readonly get: () => Promise<T>;
  /** The next who asks gets it anew: somebody has noticed a change. */
  readonly forget: () => void;
}

/**
 * Keeps what `read` has found.
 *
 * SQLite tells when another process has written (`PRAGMA data_version`), so nothing old is ever given away there. MariaDB
 * doesn't: there, what others have written shows up to a second late, and what this process has written at once.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function keepFacts<T>(
  db: Database,
  read: () => Promise<T>,
  now: () => number = () => performance.now(),
): Kept<T> {
  let kept: { readonly facts: Promise<T>; readonly mark: string; readonly readAt: number } | null = null;
  const isGood = ({ mark, readAt }: NonNullable<typeof kept>, markNow: string): boolean =>
    mark === markNow && (db.dialect.name === "sqlite" || now() - readAt < UNSEEN_MS);
  return {
    get() {
      // Taken before the reading: what changes in the middle of it makes it old.
      const mark = db.changeMark();
      if (kept !== null && isGood(kept, mark)) return kept.facts;
      const facts = read();
      kept = { facts, mark, readAt: now() };
      facts.catch(() => {
        if (kept?.facts === facts) kept = null;
      });
      return facts;
    },
    forget() {
      kept = null;
    },
  };
}
