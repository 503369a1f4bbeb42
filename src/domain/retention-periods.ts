// The periods that retention counts: hours, days, ISO weeks, months and years on the wall of a time zone.
import type { CountedRule } from "./retention-policy.ts";

export interface Periods {
  /** Of a snapshot; a later period has a larger number. `index` counts from the newest snapshot. */
  readonly numberOf: (wallMs: number, index: number) => number;
  readonly nameOf: (wallMs: number) => string;
  readonly plural: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const MONDAY_MS = -3 * DAY_MS;

/** What the wall showed, as ISO text; its Z means nothing. */
export const isoOf = (wallMs: number): string => new Date(wallMs).toISOString();
const yearOf = (wallMs: number): number => new Date(wallMs).getUTCFullYear();
/** Weeks since the one of 1 January 1970, a Thursday. */
const weekNumber = (wallMs: number): number => Math.floor((wallMs - MONDAY_MS) / WEEK_MS);

/** An ISO week belongs to the year of its Thursday. */
function weekName(wallMs: number): string {
  const thursdayMs = weekNumber(wallMs) * WEEK_MS;
  const year = yearOf(thursdayMs);
  return `week ${Math.floor((thursdayMs - Date.UTC(year, 0, 1)) / WEEK_MS) + 1} of ${year}`;
}

/** Periods are what the wall shows: where the clocks are set back, the hour that is shown twice is one. */
export const PERIODS: Record<CountedRule, Periods> = {
  last: { numberOf: (_, index) => -index, nameOf: () => "", plural: "snapshots" },
  hourly: {
    numberOf: (wallMs) => Math.floor(wallMs / HOUR_MS),
    nameOf: (wallMs) => `${isoOf(wallMs).slice(0, 13).replace("T", " ")}:00`,
    plural: "hours",
  },
  daily: {
    numberOf: (wallMs) => Math.floor(wallMs / DAY_MS),
    nameOf: (wallMs) => isoOf(wallMs).slice(0, 10),
    plural: "days",
  },
  weekly: { numberOf: weekNumber, nameOf: weekName, plural: "weeks" },
  monthly: {
    numberOf: (wallMs) => yearOf(wallMs) * 12 + new Date(wallMs).getUTCMonth(),
    nameOf: (wallMs) => isoOf(wallMs).slice(0, 7),
    plural: "months",
  },
  yearly: { numberOf: yearOf, nameOf: (wallMs) => String(yearOf(wallMs)), plural: "years" },
};
