// The clock on the wall in Vienna, in 2026 and 2027, written down from the almanac: what the simulated year is held against must
// not come from the calendar of the program.
export const ZONE = "Europe/Vienna";
export const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** Summer time from one to the next. */
const CHANGES = [
  [Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1)],
  [Date.UTC(2027, 2, 28, 1), Date.UTC(2027, 9, 31, 1)],
] as const;

const isSummer = (t: number): boolean => CHANGES.some(([from, to]) => t >= from && t < to);
/** What the wall shows, as the milliseconds at which a clock in UTC shows it. */
const wallOf = (t: number): number => t + (isSummer(t) ? 2 : 1) * HOUR;
export const dayOf = (t: number): string => new Date(wallOf(t)).toISOString().slice(0, 10);
export const minuteOfDay = (t: number): number => Math.floor((wallOf(t) % DAY) / MINUTE);

/** The first instant at which the wall shows this; for a time that is skipped, when the gap ends. */
function instantOf(wall: number): number {
  const shown = [wall - 2 * HOUR, wall - HOUR].find((t) => wallOf(t) === wall);
  return shown ?? CHANGES.find(([spring]) => spring > wall - 2 * HOUR && spring <= wall - HOUR)?.[0] ?? 0;
}

/** When something is due that is so each day at these minutes of it, from an instant until before another one. */
export function dailyDues(minutes: readonly number[], from: number, to: number): number[] {
  const dues = new Set<number>();
  for (let day = Math.floor(from / DAY) * DAY - DAY; day <= to + DAY; day += DAY)
    for (const minute of minutes) dues.add(instantOf(day + minute * MINUTE));
  return [...dues].filter((at) => at >= from && at < to).sort((a, b) => a - b);
}

const QUIET = { from: 22 * 60, to: 7 * 60 };
/** From 22:00 to 07:00. */
export const isQuiet = (t: number): boolean => minuteOfDay(t) >= QUIET.from || minuteOfDay(t) < QUIET.to;

/** The next time at which the wall shows 07:00. */
export const quietEnd = (t: number): number => dailyDues([QUIET.to], t, t + 2 * DAY)[0] ?? t;
