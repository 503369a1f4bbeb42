// Days as a calendar on the wall shows them, and the instants between which each of them lies.
import { offsetMs, showing } from "./wall-clock.ts";

const DAY_MS = 86_400_000;

export interface CalendarDays {
  /** "2026-11-23" and the like, oldest first. */
  readonly names: readonly string[];
  /** Where each day begins, and as one more where the last is over. */
  readonly bounds: readonly Date[];
}

/** The last so many days in a time zone; the one that it is now comes last. */
export function lastDays(timeZone: string, now: Date, count: number): CalendarDays {
  const wallNow = now.getTime() + offsetMs(timeZone, now.getTime());
  const today = Math.floor(wallNow / DAY_MS) * DAY_MS;
  const midnights = Array.from({ length: count + 1 }, (_, at) => today + (at + 1 - count) * DAY_MS);
  return {
    names: midnights.slice(0, count).map((midnight) => new Date(midnight).toISOString().slice(0, 10)),
    bounds: midnights.map((midnight) => new Date(showing(timeZone, midnight).instants[0])),
  };
}
