// When cron expressions are due, found the slow and plain way: walk real time minute by minute and look at the wall.

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What a wall shows in a minute. */
export interface Local {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly weekday: number;
  readonly daysInMonth: number;
}

/** An expression and, beside it, what it means. */
export interface KnownCron {
  readonly text: string;
  readonly matches: (local: Local) => boolean;
  readonly matchesDay: (local: Local) => boolean;
  readonly isHourly: boolean;
}

/** What the wall shows, as the milliseconds at which a wall in UTC shows it. */
function wallMs(timeZone: string, instantMs: number): number {
  const parts = clockOf(timeZone).format(instantMs).match(/\d+/g)?.map(Number) ?? [];
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute);
}

const clocks = new Map<string, Intl.DateTimeFormat>();
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric" },
    ...{ hour: "numeric", minute: "numeric" },
  });
  clocks.set(timeZone, clock);
  return clock;
}

export function localOf(wall: number): Local {
  const date = new Date(wall);
  const daysInMonth = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return {
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    weekday: date.getUTCDay(),
    daysInMonth,
  };
}

/**
 * Every due time after `fromMs` and up to `toMs`, both whole minutes.
 *
 * By time of day: what the wall shows for the first time is due if it matches, or if it has just skipped a match. Hourly:
 * what it shows is due if it matches. The walk begins a good day earlier, to know what the wall has shown already.
 */
export function duesByWalking(cron: KnownCron, timeZone: string, fromMs: number, toMs: number): number[] {
  const dues: number[] = [];
  let shownUpTo = Number.NEGATIVE_INFINITY;
  for (let instant = fromMs - 26 * 60 * MINUTE_MS; instant <= toMs; instant += MINUTE_MS) {
    const wall = wallMs(timeZone, instant);
    let isDue = false;
    if (cron.isHourly) isDue = cron.matches(localOf(wall));
    else if (wall > shownUpTo) {
      const first = shownUpTo === Number.NEGATIVE_INFINITY ? wall : shownUpTo + MINUTE_MS;
      for (let shown = first; shown <= wall && !isDue; shown += MINUTE_MS)
        isDue = cron.matches(localOf(shown));
    }
    if (isDue && instant > fromMs) dues.push(instant);
    shownUpTo = Math.max(shownUpTo, wall);
  }
  return dues;
}

/** The instants in a year at which a zone changes its clocks. */
export function changesOf(timeZone: string, year: number): number[] {
  const changes: number[] = [];
  const offset = (instant: number) => wallMs(timeZone, instant) - instant;
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += DAY_MS) {
    let [before, after] = [day, day + DAY_MS];
    if (offset(before) === offset(after)) continue;
    while (after - before > MINUTE_MS) {
      const middle = before + Math.floor((after - before) / 2 / MINUTE_MS) * MINUTE_MS;
      if (offset(middle) === offset(day)) before = middle;
      else after = middle;
    }
    changes.push(after);
  }
  return changes;
}
