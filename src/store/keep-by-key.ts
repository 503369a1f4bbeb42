// What was read of some rows and is good for the next who asks for the same ones.

/** A page of a list and the dashboard each ask for one or two sets; whoever looks through a long list asks for many. */
const MOST = 8;

/** Keeps what `read` has found, by what was asked for; the oldest goes when there are too many. What failed is read again. */
export function keepByKey<T>(
  read: (ids: readonly number[]) => Promise<T>,
): (ids: readonly number[]) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (ids) => {
    const key = ids.join();
    const known = kept.get(key);
    if (known !== undefined) return known;
    const reading = read(ids);
    kept.set(key, reading);
    reading.catch(() => kept.delete(key));
    const [oldest] = kept.keys();
    if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
    return reading;
  };
}
