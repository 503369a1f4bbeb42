// What was read of the database and is good for the next who asks, as long as nobody has changed anything.
import type { Database } from "./database.ts";
import { changeToken } from "./what-is-new.ts";

/** How long changes of other processes may stay unseen on a database that doesn't tell of them. */
const UNSEEN_MS = 1000;
/** Then it is read anew there, whatever its token says. */
const LONGEST_MS = 10_000;

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
  /** Taken before it: what changes in the middle of it makes it old. */
  readonly token: Promise<string>;
  readonly readAt: number;
  checkedAt: number;
  checking: Promise<T> | null;
}

/**
 * Keeps what `read` has found.
 *
 * SQLite tells when another process has written (`PRAGMA data_version`), so nothing old is ever given away there. MariaDB
 * doesn't: there a short look once a second finds out whether others have written what facts are made of, and what this process has
 * written shows at once. What that look doesn't see, such as the next window of a host, shows within ten seconds.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function keepFacts<T>(
  db: Database,
  read: () => Promise<T>,
  now: () => number = () => performance.now(),
): Kept<T> {
  let kept: Reading<T> | null = null;
  const tells = db.dialect.name === "sqlite";
  const askToken = (): Promise<string> => (tells ? Promise.resolve("") : changeToken(db));
  const begin = (): Promise<T> => {
    const [mark, token, readAt] = [db.changeMark(), askToken(), now()];
    const facts = token.then(read);
    const reading: Reading<T> = { facts, mark, token, readAt, checkedAt: readAt, checking: null };
    kept = reading;
    facts.catch(() => {
      if (kept === reading) kept = null;
    });
    return facts;
  };
  const check = async (reading: Reading<T>): Promise<T> => {
    const at = now();
    const isSame = (await askToken()) === (await reading.token);
    if (kept !== reading) return kept?.facts ?? begin();
    if (!isSame) return begin();
    reading.checkedAt = at;
    return reading.facts;
  };
  return {
    get() {
      if (kept === null || kept.mark !== db.changeMark()) return begin();
      if (tells) return kept.facts;
      if (now() - kept.readAt >= LONGEST_MS) return begin();
      if (now() - kept.checkedAt < UNSEEN_MS) return kept.facts;
      const reading = kept;
      reading.checking ??= check(reading).finally(() => {
        reading.checking = null;
      });
      return reading.checking;
    },
    forget() {
      kept = null;
    },
  };
}
