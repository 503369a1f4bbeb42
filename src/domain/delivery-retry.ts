// When a message that did not arrive is sent again, and when it is given up.
const MINUTE_MS = 60_000;

/** How long after each failed attempt the next one comes; then once an hour. */
const BACKOFF_MS = [1, 2, 5, 15, 30].map((minutes) => minutes * MINUTE_MS);
export const LONGEST_WAIT_MS = 60 * MINUTE_MS;
/** About a day. What still holds then is said anew. */
const ATTEMPTS_MAX = 28;
/** After so many attempts in vain nothing is believed to arrive at the channel. */
export const BROKEN_AFTER = 3;

/**
 * When the next attempt comes; null: it is given up.
 *
 * @param attempts that were made, the one that has just failed included
 * @param retryAfterSeconds what the service asked for; it is followed for up to an hour
 */
export function nextAttemptAt(
  attempts: number,
  now: Date,
  retryAfterSeconds: number | null = null,
): Date | null {
  if (attempts >= ATTEMPTS_MAX) return null;
  const usual = BACKOFF_MS[attempts - 1] ?? LONGEST_WAIT_MS;
  const asked = Math.min(LONGEST_WAIT_MS, (retryAfterSeconds ?? 0) * 1000);
  return new Date(now.getTime() + Math.max(usual, asked));
}
