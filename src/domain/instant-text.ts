// Instants and durations within sentences.
import { offsetMs } from "./wall-clock.ts";

const DAY_MS = 86_400_000;

/** As a clock of that zone shows it: "02:40 UTC", with the date when that is another day there: "2026-11-25 02:40 UTC". */
export function whenText(instant: Date, now: Date, timeZone: string): string {
  const wall = (at: Date): number => at.getTime() + offsetMs(timeZone, at.getTime());
  const text = new Date(wall(instant)).toISOString();
  const isToday = Math.floor(wall(instant) / DAY_MS) === Math.floor(wall(now) / DAY_MS);
  return `${isToday ? "" : `${text.slice(0, 10)} `}${text.slice(11, 16)} ${timeZone}`;
}

/** About so long, in words: "40 seconds", "12 minutes", "3 hours". */
export function durationWords(seconds: number): string {
  const [amount, unit] =
    seconds < 90
      ? [Math.max(1, Math.round(seconds)), "second"]
      : seconds < 5400
        ? [Math.round(seconds / 60), "minute"]
        : [Math.round(seconds / 3600), "hour"];
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}
