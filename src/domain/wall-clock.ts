// The clock on the wall of a time zone, and which instants show a time of it when the clocks change.

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const ZONES_KEPT = 64;

const zones = new Map<string, Intl.DateTimeFormat>();

/** How far the clock on the wall is ahead of UTC at an instant. */
export function offsetMs(timeZone: string, instantMs: number): number {
  // The first zone that is asked for takes Node 30 ms.
  if (timeZone === "UTC") return 0;
  let zone = zones.get(timeZone);
  if (zone === undefined) {
    zone = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
    if (zones.size >= ZONES_KEPT) zones.clear();
    zones.set(timeZone, zone);
  }
  // "11/23/2026, GMT+01:00"; with seconds before zones were whole minutes, and UTC is plain "GMT".
  const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(zone.format(instantMs));
  if (match === null) return 0;
  const [, sign, hours, minutes, seconds = "0"] = match;
  const ahead = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return (sign === "-" ? -ahead : ahead) * 1000;
}

/** Where a wall-clock time lies in real time. */
export interface Showing {
  /** Once as a rule, twice when the clocks are set back over it. For one that is skipped: when its gap ends. */
  readonly instants: readonly [number, ...number[]];
  readonly isSkipped: boolean;
}

/**
 * Finds a wall-clock time, written as the milliseconds at which a clock in UTC shows it.
 *
 * Looks at the offset a day before and a day after. That is enough as long as no zone changes its clocks twice within
 * some three days, and since 1970 none has done so within four.
 */
export function showing(timeZone: string, wallMs: number): Showing {
  const before = offsetMs(timeZone, wallMs - DAY_MS);
  const after = offsetMs(timeZone, wallMs + DAY_MS);
  if (before === after) return { instants: [wallMs - after], isSkipped: false };
  const shows = (instantMs: number) => instantMs + offsetMs(timeZone, instantMs) === wallMs;
  const [first, second] = [wallMs - before, wallMs - after].filter(shows);
  if (first === undefined)
    return { instants: [changeBetween(timeZone, wallMs - after, wallMs - before)], isSkipped: true };
  return { instants: second === undefined ? [first] : [first, second], isSkipped: false };
}

/** The first minute after the one change of offset between two instants. */
function changeBetween(timeZone: string, fromMs: number, toMs: number): number {
  const before = offsetMs(timeZone, fromMs);
  let [last, first] = [fromMs, toMs];
  while (first - last > MINUTE_MS) {
    const middle = last + Math.floor((first - last) / 2 / MINUTE_MS) * MINUTE_MS;
    if (offsetMs(timeZone, middle) === before) last = middle;
    else first = middle;
  }
  return first;
}
