// Times of the week, such as "mon-fri 20:00-06:00": read, written, and found in real time, also where the clocks change.
import { badInput } from "./problem.ts";
import { offsetMs, showing } from "./wall-clock.ts";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const MINUTE_MS = 60_000;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** The first day of 1970 was a Thursday. */
const EPOCH_WEEKDAY = 3;
/** What is closed now opens within a week and a day, whatever the clocks do; longer means for ever. */
const LOOK_AHEAD_DAYS = 9;
const SPANS_MAX = 20;

/** Some days of the week, 0 for Monday, from one minute of the day to another; that lies on the next day when it is not later. */
export interface WeekSpan {
  readonly days: readonly number[];
  readonly from: number;
  readonly to: number;
}

const EXAMPLE = 'write it as "mon-fri 20:00-06:00", "sat,sun 00:00-24:00" or "22:00-05:30".';

/** Reads a span; refuses with `bad_input`. Without days it is meant for all of them. */
export function parseSpan(what: string, given: unknown): WeekSpan {
  const text = typeof given === "string" ? given.trim().toLowerCase() : "";
  const match = /^(?:([a-z,-]{3,64})\s+)?(\d{1,2}):(\d\d)\s?-\s?(\d{1,2}):(\d\d)$/.exec(text);
  if (match === null) throw badInput(what, given, `is no time of the week; ${EXAMPLE}`);
  const [, days, ...clock] = match;
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = clock.map(Number);
  const [from, to] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute];
  if (fromMinute > 59 || toMinute > 59 || from >= DAY_MINUTES || to > DAY_MINUTES)
    throw badInput(what, given, `has a time that no clock shows; ${EXAMPLE}`);
  if (from === to)
    throw badInput(what, given, "is empty: it ends when it begins. A whole day is 00:00-24:00.");
  // Until midnight is the end of the day that it begins on.
  return { days: parseDays(what, given, days), from, to: to === 0 ? DAY_MINUTES : to };
}

function parseDays(what: string, given: unknown, text: string | undefined): readonly number[] {
  if (text === undefined) return DAYS.map((_, day) => day);
  const indexOf = (name: string): number => {
    const day = (DAYS as readonly string[]).indexOf(name);
    if (day < 0) throw badInput(what, given, `has a day that is none of ${DAYS.join(", ")}.`);
    return day;
  };
  const days = text.split(",").flatMap((part) => {
    const [first = "", last = first, ...more] = part.split("-");
    if (more.length > 0) throw badInput(what, given, `has days that cannot be read; ${EXAMPLE}`);
    const [begin, end] = [indexOf(first), indexOf(last)];
    return Array.from({ length: ((end - begin + 7) % 7) + 1 }, (_, index) => (begin + index) % 7);
  });
  return [...new Set(days)].sort((a, b) => a - b);
}

/** The one way in which a span is stored: "mon-fri 20:00-06:00". `parseSpan` reads it back. */
export function spanText({ days, from, to }: WeekSpan): string {
  const clock = (minute: number): string =>
    `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const times = `${clock(from)}-${clock(to)}`;
  return days.length === 7 ? times : `${daysText(days)} ${times}`;
}

function daysText(days: readonly number[]): string {
  const groups: [number, number][] = [];
  for (const day of days) {
    const last = groups.at(-1);
    if (last !== undefined && last[1] === day - 1) last[1] = day;
    else groups.push([day, day]);
  }
  return groups
    .map(([first, last]) => (first === last ? DAYS[first] : `${DAYS[first]}-${DAYS[last]}`))
    .join(",");
}

/** Minutes of the week in which a span holds, as pairs; one that goes on after Sunday is cut in two. */
function minutesOf({ days, from, to }: WeekSpan): [number, number][] {
  return days.flatMap((day): [number, number][] => {
    const begin = day * DAY_MINUTES + from;
    const end = begin + ((to - from + DAY_MINUTES - 1) % DAY_MINUTES) + 1;
    if (end <= WEEK_MINUTES) return [[begin, end]];
    return [
      [begin, WEEK_MINUTES],
      [0, end - WEEK_MINUTES],
    ];
  });
}

/** Refuses spans of which two hold at the same time, and more than anybody can read. */
export function requireApart(what: string, spans: readonly WeekSpan[]): void {
  if (spans.length > SPANS_MAX)
    throw badInput(what, `${spans.length} of them`, `are more than ${SPANS_MAX}.`);
  const all = spans
    .flatMap((span) => minutesOf(span).map(([begin, end]) => ({ span, begin, end })))
    .sort((a, b) => a.begin - b.begin);
  for (const [index, one] of all.entries()) {
    const next = all[index + 1];
    if (next !== undefined && next.begin < one.end)
      throw badInput(what, spanText(next.span), `overlaps with "${spanText(one.span)}".`);
  }
}

/** Windows as they are stored. Refuses with `bad_input`, also when two of them overlap. */
export function parseWindows(given: readonly unknown[]): readonly string[] {
  const spans = given.map((item) => parseSpan("The window", item));
  requireApart("The window", spans);
  return spans.map(spanText);
}

/** A stretch of real time in which a span holds. */
export interface Opening {
  readonly from: Date;
  readonly until: Date;
}

/**
 * The stretches of real time in which one of the spans holds and that end after an instant, in order, without gaps between
 * neighbours. Where the clocks are set back over a beginning or an end, the stretch is the longer one; a span that lies
 * within hours that are skipped does not come that day.
 */
function openings(spans: readonly WeekSpan[], timeZone: string, after: number): [number, number][] {
  const today = Math.floor((after + offsetMs(timeZone, after)) / DAY_MS);
  const found: [number, number][] = [];
  for (let day = today - 4; day <= today + LOOK_AHEAD_DAYS; day += 1)
    for (const { days, from, to } of spans) {
      if (!days.includes((((day + EPOCH_WEEKDAY) % 7) + 7) % 7)) continue;
      const wallEnd = day * DAY_MS + to * MINUTE_MS + (to > from ? 0 : DAY_MS);
      const begin = showing(timeZone, day * DAY_MS + from * MINUTE_MS).instants[0];
      const end = showing(timeZone, wallEnd).instants.at(-1) ?? begin;
      if (end > begin) found.push([begin, end]);
    }
  const merged: [number, number][] = [];
  for (const [begin, end] of found.sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && begin <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([begin, end]);
  }
  return merged.filter(([, end]) => end > after);
}

const parsed = new Map<string, readonly WeekSpan[]>();
const PARSED_KEPT = 64;

/** Spans as they are stored; what was read once is kept. */
function spansOf(texts: readonly string[]): readonly WeekSpan[] {
  const key = texts.join("\n");
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const spans = texts.map((text) => parseSpan("The window", text));
  if (parsed.size >= PARSED_KEPT) parsed.clear();
  parsed.set(key, spans);
  return spans;
}

/** The windows that hold for a host: none, or spans as they are stored, on the clock of a time zone. */
export interface Windows {
  readonly windows: readonly string[];
  readonly timeZone: string;
}

/** The window that is open at an instant, or opens next; null where nothing bounds it: no windows, or all the week. */
export function windowAt({ windows, timeZone }: Windows, at: Date): Opening | null {
  if (windows.length === 0) return null;
  const [first] = openings(spansOf(windows), timeZone, at.getTime());
  if (first === undefined) return null;
  const [from, until] = first;
  if (until - at.getTime() > 8 * DAY_MS && from <= at.getTime()) return null;
  return { from: new Date(from), until: new Date(until) };
}

/** When a window is open at or after an instant: that instant itself, or a later one. */
export function opensAt(windows: Windows, at: Date): Date {
  const window = windowAt(windows, at);
  return window === null || window.from <= at ? at : window.from;
}

/** Whether a span holds at an instant. */
export const holdsAt = (span: WeekSpan, timeZone: string, at: Date): boolean =>
  openings([span], timeZone, at.getTime()).some(([from]) => from <= at.getTime());
