// Schedules: when a host is due, also where the clocks change, and which due time is to be queued.
import { calendarOf } from "./cron.ts";
import { badInput } from "./problem.ts";
import { parseCount, parseDuration } from "./quantity.ts";
import { offsetMs, showing } from "./wall-clock.ts";

export { cronWords, parseCron } from "./cron.ts";

const MINUTE_MS = 60_000;
const DAY_SECONDS = 86_400;
const DAY_MS = DAY_SECONDS * 1000;
const LOOK_BACK_MS = 10 * 366 * DAY_MS;
const NAME_MAX = 64;

/** When a host is backed up by itself. A host may have several, told apart by their names. */
export interface Schedule {
  readonly id: number;
  readonly hostId: number;
  readonly host: string;
  readonly name: string;
  /** As `parseCron` returns it. */
  readonly cron: string;
  /** Null: the one that holds for the host. */
  readonly timeZone: string | null;
  /** Whether snapshots that the retention policy no longer wants are removed afterwards. */
  readonly prune: boolean;
  /** How many a prune may remove at most; null: as many as the policy says. */
  readonly maxDelete: number | null;
  /** Runs start up to this much later than they are due, so that not all hosts start at once. */
  readonly jitterSeconds: number;
  readonly enabled: boolean;
  /** The first due time that nobody has dealt with; null while it is switched off. */
  readonly nextDueAt: Date | null;
  /** The newest due time that was queued or skipped. */
  readonly lastDueAt: Date | null;
  /** The newest due time, if it was skipped because this run of the host was still open. */
  readonly lastSkip: { readonly dueAt: Date; readonly runId: number } | null;
  /** The first due time since the newest snapshot that its host then had: since then it lacks a backup. Older than its newest one, it says nothing. */
  readonly waitingSince: Date | null;
  readonly createdAt: Date;
}

/** What decides about due times. */
export interface Timing {
  readonly cron: string;
  readonly timeZone: string;
}

/** The instants at which a wall-clock time of the expression is due. */
function duesOf({ cron, timeZone }: Timing, wallMs: number): readonly number[] {
  const { instants, isSkipped } = showing(timeZone, wallMs);
  if (calendarOf(cron).isHourly) return isSkipped ? [] : instants;
  return instants.slice(0, 1);
}

/**
 * The first due time after an instant; null when there is none.
 *
 * Where the clocks are set forward, what is skipped is due when the gap ends, once. Where they are set back, each time of
 * day is due once, at its first turn. Only hourly expressions (`30 * * * *`, or every two hours) go by real time: they
 * skip what does not exist, and are due in both of two hours that look alike.
 */
export function nextDue(timing: Timing, after: Date): Date | null {
  const { next } = calendarOf(timing.cron);
  let found: number | null = null;
  for (const wallNow of wallsAround(timing.timeZone, after, DAY_MS)) {
    for (let wall = next(wallNow); wall !== null; wall = next(wall)) {
      const due = duesOf(timing, wall).find((instant) => instant > after.getTime());
      if (due === undefined) continue;
      if (found === null || due < found) found = due;
      break;
    }
  }
  return found === null ? null : new Date(found);
}

/** The newest due time that is not later than an instant; null when there is none within ten years. */
export function previousDue(timing: Timing, atOrBefore: Date): Date | null {
  const { previousOrSame } = calendarOf(timing.cron);
  let found: number | null = null;
  for (const wallNow of wallsAround(timing.timeZone, atOrBefore, -DAY_MS)) {
    for (let wall = previousOrSame(wallNow); wall !== null; wall = previousOrSame(wall - 1)) {
      const due = duesOf(timing, wall).findLast((instant) => instant <= atOrBefore.getTime());
      if (due === undefined) continue;
      if (found === null || due > found) found = due;
      break;
    }
  }
  return found === null || found < atOrBefore.getTime() - LOOK_BACK_MS ? null : new Date(found);
}

/**
 * Where to begin on the calendar: what the wall shows at an instant, and what it would show with the offset of a day later
 * or earlier. Two starts, because where the clocks are set back the times after an instant don't all look later.
 */
function wallsAround(timeZone: string, at: Date, awayMs: number): Set<number> {
  const now = at.getTime();
  return new Set([now + offsetMs(timeZone, now), now + offsetMs(timeZone, now + awayMs)]);
}

/** The next due times after an instant; fewer when there are no more. */
export function dueTimes(timing: Timing, after: Date, count: number): Date[] {
  const times: Date[] = [];
  for (let at = after; times.length < count; ) {
    const due = nextDue(timing, at);
    if (due === null) break;
    times.push(due);
    at = due;
  }
  return times;
}

/**
 * What to do about a schedule whose next due time is known: null before that, else which due time to queue, and the next.
 *
 * After days without a scheduler that is one due time and not one for each that was missed: the newest of them.
 */
export function planDue(
  timing: Timing,
  nextDueAt: Date,
  now: Date,
): { readonly dueAt: Date; readonly nextDueAt: Date | null } | null {
  if (now < nextDueAt) return null;
  const newest = previousDue(timing, now);
  const dueAt = newest !== null && newest > nextDueAt ? newest : nextDueAt;
  return { dueAt, nextDueAt: nextDue(timing, now) };
}

/**
 * The first due time since the host's newest snapshot, when all until `dueAt` are dealt with: whether there was a scheduler for them
 * or none, whether they were queued or skipped, and whatever became of their runs. Null: there is none.
 */
export function firstWaiting(
  timing: Timing,
  { waitingSince, nextDueAt }: { readonly waitingSince: Date | null; readonly nextDueAt: Date },
  dueAt: Date,
  success: Date | null,
): Date | null {
  const isSince = (instant: Date): boolean => success === null || instant > success;
  if (waitingSince !== null && isSince(waitingSince)) return waitingSince;
  // What was due before somebody made a snapshot by hand is not what it waits for.
  const first = success === null || isSince(nextDueAt) ? nextDueAt : nextDue(timing, success);
  return first !== null && first <= dueAt ? first : null;
}

/**
 * How much later than due a run may start: whole seconds, spread evenly from 0 to `jitterSeconds`.
 *
 * Computed from the due time and never drawn, so that all schedulers come to the same.
 */
export function jitterMs(scheduleId: number, dueAt: Date, jitterSeconds: number): number {
  const minute = Math.floor(dueAt.getTime() / MINUTE_MS);
  return Math.floor((mixed(mixed(scheduleId) ^ minute) / 2 ** 32) * (jitterSeconds + 1)) * 1000;
}

/** Any 32 bits as 32 others in which each of the given ones counts for about half (the finalizer of MurmurHash3). */
function mixed(bits: number): number {
  let hash = bits;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A schedule's name, plain as a host's is. */
export function parseScheduleName(given: unknown): string {
  const what = "The schedule's name";
  if (typeof given !== "string" || given === "") throw badInput(what, given ?? "", "is empty.");
  if (given.length > NAME_MAX) throw badInput(what, given, `is longer than ${NAME_MAX} characters.`);
  if (!/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(given))
    throw badInput(
      what,
      given,
      "must begin and end with a letter or digit, with letters, digits, dots, dashes and underscores between.",
    );
  return given;
}

/** Jitter in seconds: a duration such as `90s` or `10m`, or a number of seconds; up to a day. */
export function parseJitter(given: unknown): number {
  const isNumber = typeof given === "number" || (typeof given === "string" && /^\d+$/.test(given));
  return isNumber
    ? parseCount("The jitter", given, 0, DAY_SECONDS)
    : parseDuration("The jitter", given, 0, DAY_SECONDS);
}
