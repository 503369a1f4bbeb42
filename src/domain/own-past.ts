// A host held against its own past: what is usual for it, and what is far beyond that.

/** Backups that are looked back at: a month of nightly ones, so that what happens once a week is seen to be usual. */
export const PAST_BACKUPS = 32;
/** With fewer numbers nobody knows yet what is usual. */
export const PAST_MIN = 5;
/** So many times the usual spread above the usual value lies what noise does not reach. */
const SPREADS_BEYOND = 6;
/** A host whose numbers hardly spread at all is judged by this alone: so many times what it has reached twice. */
const TIMES_MORE = 3;
/** Makes the median distance from the median what a standard deviation is, for numbers that scatter normally. */
const NORMAL_SPREAD = 1.4826;

/** The one in the middle, of two the lower: one odd number moves it by little. 0 of none. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;

/** How far numbers usually lie from the usual one. */
function spread(values: readonly number[]): number {
  const middle = median(values);
  return NORMAL_SPREAD * median(values.map((value) => Math.abs(value - middle)));
}

/**
 * Whether a number is far beyond all that the past lets expect.
 *
 * It is held against the second largest of the past too: what happened once hides nothing that comes after it, and what
 * happened twice is a habit, such as a large job every Sunday.
 */
export function isFarBeyond(now: number, past: readonly number[]): boolean {
  if (past.length < PAST_MIN) return false;
  const [, second = 0] = past.toSorted((a, b) => b - a);
  return now > median(past) + SPREADS_BEYOND * spread(past) && now >= TIMES_MORE * second;
}
