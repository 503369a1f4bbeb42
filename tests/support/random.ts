// Seeded random numbers: a test that failed can be run again with the same ones.

/** Numbers from 0 to just below 1, always the same ones for a seed (mulberry32; never for secrets). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 to `limit - 1`. */
export const below = (random: () => number, limit: number): number => Math.floor(random() * limit);

/** One of the items, or undefined when there are none. */
export const pick = <Item>(random: () => number, items: readonly Item[]): Item | undefined =>
  items[below(random, items.length)];

/** The items in random order, as a new list. */
export function shuffled<Item>(random: () => number, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Bytes that don't compress. */
export function randomBytes(random: () => number, length: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil(length / 4) * 4);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
  return bytes.subarray(0, length);
}
