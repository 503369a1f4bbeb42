// Options of the commands that go on for ever.
import { parseCount, parseDuration } from "../domain/quantity.ts";

const DAY = 86_400;
const PARALLEL_MAX = 1000;
const GRACE_SECONDS = 30;

/** Seconds as a plain number or a duration, in milliseconds. */
function milliseconds(what: string, given: string, minSeconds: number, maxSeconds: number): number {
  const seconds = /^\d+$/.test(given)
    ? parseCount(what, given, minSeconds, maxSeconds)
    : parseDuration(what, given, minSeconds, maxSeconds);
  return seconds * 1000;
}

export const intervalFrom = (given: string | undefined, usualSeconds: number): number =>
  given === undefined ? usualSeconds * 1000 : milliseconds("--interval", given, 1, DAY);

export const graceFrom = (given: string | undefined): number =>
  given === undefined ? GRACE_SECONDS * 1000 : milliseconds("--grace", given, 0, DAY);

/** Null: as many as the site allows. */
export const parallelFrom = (given: string | undefined): number | null =>
  given === undefined ? null : parseCount("--parallel", given, 1, PARALLEL_MAX);
