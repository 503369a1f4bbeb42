// What a person may say of a pin: the reason, and until when. And the end of one as text.
import { parseLine } from "./one-line.ts";
import { badInput } from "./problem.ts";
import { parseDuration } from "./quantity.ts";
import { offsetMs, showing } from "./wall-clock.ts";

const DAY_MS = 86_400_000;
const REASON_MAX = 200;
const YEARS_MAX = 100;
const YEAR_SECONDS = 365 * 86_400;
/** No time zone is further ahead of UTC, or behind it. */
const OFFSET_HOURS_MAX = 14;

/** Why a snapshot is kept, in one line. Refuses with `bad_input`. */
export const parsePinReason = (given: unknown): string => parseLine("The reason", given, REASON_MAX);

const INSTANT =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(?:(Z)|([+-])(\d{2}):?(\d{2}))?)?$/i;
const DURATION = /^\d+\s*[a-z]+$/i;

/**
 * Reads until when a snapshot is kept: a day (to its end), a moment, or a duration from now such as `90d`.
 *
 * A day, and a moment without an offset, are meant in the time zone. A moment that the clocks show twice is the later one:
 * keeping for an hour too long does no harm. Refuses with `bad_input` what is over, or more than a hundred years away.
 */
export function parsePinUntil(given: unknown, now: Date, timeZone: string): Date {
  const until = momentOf(given, now, timeZone);
  if (until <= now) throw badInput("--until", given, "is in the past.");
  if (until.getTime() - now.getTime() > YEARS_MAX * YEAR_SECONDS * 1000)
    throw badInput("--until", given, `is more than ${YEARS_MAX} years away; leave it out to keep for ever.`);
  return until;
}

function momentOf(given: unknown, now: Date, timeZone: string): Date {
  const text = typeof given === "string" ? given : "";
  if (DURATION.test(text))
    return new Date(now.getTime() + parseDuration("--until", text, 1, YEARS_MAX * YEAR_SECONDS) * 1000);
  const moment = parseMoment("--until", text, timeZone);
  if (moment === null)
    throw badInput(
      "--until",
      given,
      "is none of: a day such as 2027-01-31, a moment, a duration such as 90d.",
    );
  return moment;
}

/**
 * Reads a day, and then gives its end, or a moment; without an offset they are meant in the time zone. Null for what looks
 * like neither. Refuses with `bad_input` what no calendar or clock shows.
 */
export function parseMoment(what: string, given: string, timeZone: string): Date | null {
  const match = INSTANT.exec(given);
  if (match === null) return null;
  const [, day = "", minute, second = "00", fraction = "0", isUtc, sign, hours, minutes] = match;
  const wall = `${day}T${minute ?? "00:00"}:${second}.${fraction.padEnd(3, "0")}Z`;
  const wallMs = Date.parse(wall);
  // 31 February parses as 3 March: only what reads back unchanged was a date.
  if (Number.isNaN(wallMs) || new Date(wallMs).toISOString() !== wall)
    throw badInput(what, given, "is not in the calendar or on the clock.");
  if (minute === undefined) return endOfDay(wallMs, timeZone);
  if (isUtc !== undefined) return new Date(wallMs);
  if (sign === undefined) return new Date(Math.max(...showing(timeZone, wallMs).instants));
  if (Number(hours) > OFFSET_HOURS_MAX || Number(minutes) > 59)
    throw badInput(what, given, "has an offset that no time zone has.");
  const aheadMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return new Date(wallMs - (sign === "-" ? -aheadMs : aheadMs));
}

/**
 * The last millisecond that the wall of the zone shows with this day.
 *
 * Where the clocks are set back around midnight, the next day begins twice. The end of this one is the later of the
 * moments that a bit of this day comes right before.
 */
function endOfDay(dayMs: number, timeZone: string): Date {
  const { instants } = showing(timeZone, dayMs + DAY_MS);
  const ends = instants.map((instantMs) => instantMs - 1);
  const isOfDay = (ms: number): boolean =>
    Math.floor((ms + offsetMs(timeZone, ms)) / DAY_MS) === dayMs / DAY_MS;
  return new Date(Math.max(...(ends.some(isOfDay) ? ends.filter(isOfDay) : ends)));
}

/** The end of a pin as `parsePinUntil` reads it back: "2027-01-31" for the end of that day, else with the minute. */
export function pinEndText(until: Date, timeZone: string): string {
  const wallMs = until.getTime() + offsetMs(timeZone, until.getTime());
  const [day = "", time = ""] = new Date(wallMs).toISOString().split("T");
  return time === "23:59:59.999Z" ? day : `${day} ${time.slice(0, 5)}`;
}
