// What was read of the database and is good for the next who asks, as long as nobody has changed anything.
import type { Database } from "./database.ts";

/** How long changes of other processes may stay unseen on a database that doesn't tell of them. */
const UNSEEN_MS = 1000;
/** After this share of that time they are read anew while whoever asks still gets what is kept: nobody waits as long as many ask. */
const AGEING = 0.5;

export interface Kept<T> {
  /** What holds now. Several who ask at once share one reading. */
  readonly get: () => Promise<T>;
  /** The next who asks gets it anew: somebody has noticed a change. */
  readonly forget: () => void;
}

/** A reading that has begun. */
interface Reading<T> {
  readonly facts: Promise<T>;
  readonly mark: string;
  readonly readAt: number;
}

/**
 * Keeps what `read` has found.
 *
 * SQLite tells when another process has written (`PRAGMA data_version`), so nothing old is ever given away there. MariaDB
 * doesn't: there, what others have written shows up to a second late, or as long as is said, and what this process has written at once.
 *
 * @param options.unseenMs milliseconds; default: a second
 * @param options.now milliseconds of a clock that never goes back
 */
export function keepFacts<T>(
  db: Database,
  read: () => Promise<T>,
  { unseenMs = UNSEEN_MS, now = () => performance.now() }: { unseenMs?: number; now?: () => number } = {},
): Kept<T> {
  let kept: Reading<T> | null = null;
  let next: Reading<T> | null = null;
  const tells = db.dialect.name === "sqlite";
  const isGood = ({ mark, readAt }: Reading<T>, markNow: string): boolean =>
    mark === markNow && (tells || now() - readAt < unseenMs);
  const begin = (mark: string): Reading<T> => {
    const reading = { facts: read(), mark, readAt: now() };
    reading.facts.then(
      () => {
        if (next === reading) [kept, next] = [reading, null];
      },
      () => {
        if (kept === reading) kept = null;
        if (next === reading) next = null;
      },
    );
    return reading;
  };
  return {
    get() {
      // Taken before the reading: what changes in the middle of it makes it old.
      const mark = db.changeMark();
      if (kept === null || !isGood(kept, mark)) {
        kept = next !== null && isGood(next, mark) ? next : begin(mark);
        next = null;
      } else if (!tells && next === null && now() - kept.readAt >= unseenMs * AGEING) next = begin(mark);
      return kept.facts;
    },
    forget() {
      kept = null;
      next = null;
    },
  };
}
