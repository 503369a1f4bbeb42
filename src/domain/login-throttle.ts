// How fast somebody may guess: after a few failures each further one takes twice as long, up to a limit, never for ever.
import { Problem } from "./problem.ts";

/** What is known of failures under one key, which stands for a username or a network address. */
export interface Throttle {
  readonly failures: number;
  readonly firstFailureAt: Date;
  readonly blockedUntil: Date | null;
  readonly updatedAt: Date;
}

/** Mistyping is human: so many failures cost nothing. */
const FREE_FAILURES = 4;
const WAIT_SECONDS_MAX = 15 * 60;
/** Whoever has not failed for so long begins anew; also how long a throttle is worth keeping. */
export const FORGIVEN_AFTER_MS = 24 * 3_600_000;

/** Seconds to wait after so many failures: none, then 1, 2, 4 … up to a quarter of an hour. */
export const waitSeconds = (failures: number): number =>
  failures <= FREE_FAILURES ? 0 : Math.min(2 ** (failures - FREE_FAILURES - 1), WAIT_SECONDS_MAX);

/**
 * Seconds until the next attempt is looked at; 0: at once.
 *
 * A block that is longer than any was made by a clock that was wrong at that time. It does not count.
 */
export function secondsBlocked(throttle: Throttle | null, now: Date): number {
  if (throttle === null || throttle.blockedUntil === null) return 0;
  const seconds = Math.ceil((throttle.blockedUntil.getTime() - now.getTime()) / 1000);
  return seconds > WAIT_SECONDS_MAX ? 0 : Math.max(0, seconds);
}

/**
 * What is known after another attempt, which counts as a failure until it proves to be none: a hundred at the same moment
 * are a hundred failures, and not one.
 */
export function afterAttempt(throttle: Throttle | null, now: Date): Throttle {
  const isForgiven = throttle === null || now.getTime() - throttle.updatedAt.getTime() > FORGIVEN_AFTER_MS;
  const failures = isForgiven ? 1 : throttle.failures + 1;
  const wait = waitSeconds(failures);
  return {
    failures,
    firstFailureAt: isForgiven ? now : throttle.firstFailureAt,
    blockedUntil: wait === 0 ? null : new Date(now.getTime() + wait * 1000),
    updatedAt: now,
  };
}

/** Says for how long, so that HTTP can say `Retry-After`. The same for everybody, known or not. */
export class TooManyAttempts extends Problem {
  readonly retryAfterSeconds: number;

  constructor(seconds: number) {
    super("too_many_attempts", `Too many attempts failed. The next one is looked at in ${seconds} s.`);
    this.retryAfterSeconds = seconds;
  }
}

/**
 * An address as a throttle knows it: an IPv4 address as it is, of an IPv6 address the network, because whoever has one
 * address of a /64 has them all. What is neither stays as it is.
 */
export function throttledAddress(address: string): string {
  const plain = address.replace(/%.*$/s, "").toLowerCase();
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/.exec(plain)?.[1];
  if (mapped !== undefined) return mapped;
  if (!/^[0-9a-f:]*:[0-9a-f:.]*$/.test(plain)) return plain;
  const [before = "", after] = plain.split("::", 2);
  const head = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? [] : after.split(":");
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array.from({ length: zeros }, () => "0"), ...tail].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}
