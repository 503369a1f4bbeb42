// Cron expressions: five fields or a nickname, what they say in words, and the wall-clock times that they name.
import { Cron, CronPattern } from "croner";
import cronstrue from "cronstrue";
import { badInput, quoted } from "./problem.ts";

const WHAT = "The cron expression";
const LENGTH_MAX = 190;
const CALENDARS_KEPT = 64;

const NICKNAMES: Record<string, string> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly stepMax: number;
  /** Names of its values, from `min` on. */
  readonly words: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS: readonly Field[] = [
  { name: "minute", min: 0, max: 59, stepMax: 60, words: [] },
  { name: "hour", min: 0, max: 23, stepMax: 24, words: [] },
  { name: "day of the month", min: 1, max: 31, stepMax: 31, words: [] },
  { name: "month", min: 1, max: 12, stepMax: 12, words: MONTHS },
  { name: "day of the week", min: 0, max: 7, stepMax: 7, words: WEEKDAYS },
];

/**
 * Five fields as in crontab(5), or a nickname such as `@daily`; refuses the rest with the reason.
 *
 * Beyond crontab(5) it understands `L` as the last day of the month, and `5L` or `SUN#1` as the last or the first such
 * weekday of the month: a monthly backup wants these, and plain cron can't say them.
 */
export function parseCron(given: unknown): string {
  if (typeof given !== "string")
    throw badInput(WHAT, given ?? "", given == null ? "is empty." : "is not text.");
  const text = given.replace(/[ \t]+/g, " ").replace(/^ | $/g, "");
  if (text === "") throw badInput(WHAT, given, "is empty.");
  if (text.length > LENGTH_MAX) throw badInput(WHAT, given, `is longer than ${LENGTH_MAX} characters.`);
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text))
    throw badInput(WHAT, given, "holds control characters.");
  const cron = text.startsWith("@") ? text.toLowerCase() : text;
  // Any start will do: after 400 years the calendar repeats itself, and croner looks that far.
  if (calendarOf(cron).next(Date.UTC(2000, 0, 1)) === null)
    throw badInput(WHAT, given, "never comes due: no month of it has such a day.");
  return cron;
}

/** An expression in words, such as "At 02:15". */
export function cronWords(cron: string): string {
  const fields = fieldsOf(cron);
  try {
    return cronstrue.toString(fields.join(" "), {
      use24HourTimeFormat: true,
      logicalAndDayFields: needsBothDays(fields),
    });
  } catch {
    return cron; // it says the same, in fewer words
  }
}

/**
 * The wall-clock times that an expression names, each written as the milliseconds at which a clock in UTC shows it.
 *
 * On paper every day has 24 hours; what a time zone makes of that is not the calendar's business.
 */
export interface Calendar {
  readonly next: (afterMs: number) => number | null;
  readonly previousOrSame: (wallMs: number) => number | null;
  /** Whether the hours are an interval ("every two hours") and no times of day. */
  readonly isHourly: boolean;
}

const calendars = new Map<string, Calendar>();

export function calendarOf(cron: string): Calendar {
  const known = calendars.get(cron);
  if (known !== undefined) return known;
  const fields = fieldsOf(cron);
  const [, hour] = fields;
  const text = fields.join(" ");
  const mode = "5-part";
  const job = new Cron(text, { mode, utcOffset: 0, domAndDow: needsBothDays(fields) });
  const hours = new CronPattern(text, undefined, { mode }).hour.filter(Boolean).length;
  const calendar: Calendar = {
    next: (afterMs) => job.nextRun(new Date(afterMs))?.getTime() ?? null,
    // It looks strictly before what it is given.
    previousOrSame: (wallMs) => job.previousRuns(1, new Date(wallMs + 1))[0]?.getTime() ?? null,
    isHourly: hours === 24 || (hours > 1 && hour.split(",").every((item) => /^(\*|0-23)(\/|$)/.test(item))),
  };
  if (calendars.size >= CALENDARS_KEPT) calendars.clear();
  calendars.set(cron, calendar);
  return calendar;
}

/**
 * As in Vixie cron: where both day fields say something, either will do; but one that begins with an asterisk, also one
 * with a step, only narrows the other down.
 */
const needsBothDays = ([, , day, , weekday]: Fields): boolean =>
  day.startsWith("*") || weekday.startsWith("*");

type Fields = readonly [minute: string, hour: string, day: string, month: string, weekday: string];

/** The fields in one spelling, without names, so that no library reads more into them than is said here. */
function fieldsOf(cron: string): Fields {
  const isNickname = /^@\S*$/.test(cron);
  const texts = (isNickname ? (NICKNAMES[cron] ?? "") : cron).split(" ");
  if (isNickname && texts.length === 1)
    throw badInput(
      WHAT,
      cron,
      `is not a nickname of a time; there are ${Object.keys(NICKNAMES).join(", ")}.`,
    );
  if (texts.length !== FIELDS.length) {
    const count = texts.length === 1 ? "one field" : `${texts.length} fields`;
    const more = texts.length > FIELDS.length ? " Seconds and years are not understood." : "";
    throw badInput(
      WHAT,
      cron,
      `has ${count} and needs five: minute, hour, day of the month, month, day of the week.${more}`,
    );
  }
  return FIELDS.map((field, at) => fieldOf(cron, field, texts[at] ?? "")) as unknown as Fields;
}

function fieldOf(cron: string, field: Field, text: string): string {
  const items = text
    .split(",")
    .map((item) => itemOf(item, field, (why) => badInput(WHAT, cron, `has ${quoted(item)} as its ${why}`)));
  return items.includes("*") ? "*" : items.join(",");
}

function itemOf(item: string, field: Field, refusal: (why: string) => Error): string {
  const { name, min, max, stepMax } = field;
  if (name === "day of the month" && /^l$/i.test(item)) return "L";
  const nth = name === "day of the week" ? /^(\w+?)(l|#[1-5])$/i.exec(item) : null;
  const match = nth ?? /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(item);
  if (match === null) throw refusal(`${name}, which is not understood.`);
  const value = (text: string): number => {
    const at = field.words.indexOf(text.toLowerCase());
    const number = at >= 0 ? at + min : /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(number)) throw refusal(`${name}, which is not understood.`);
    if (number < min || number > max) throw refusal(`${name}, which lies between ${min} and ${max}.`);
    return number;
  };
  if (nth !== null) return `${value(nth[1] ?? "") % 7}${(nth[2] ?? "").toUpperCase()}`;
  const [, first, last, every] = match;
  const step = Number(every ?? 1);
  if (step < 1 || step > stepMax) throw refusal(`${name}; a step lies between 1 and ${stepMax}.`);
  const suffix = step === 1 ? "" : `/${step}`;
  if (first === undefined) return `*${suffix}`;
  const from = value(first);
  if (last === undefined) {
    if (every !== undefined)
      throw refusal(`${name}; a step needs a range, such as ${first}-${max}/${every}.`);
    return String(from);
  }
  // A week may end with the Sunday that it may also begin with.
  const to = /^sun$/i.test(last) && from > 0 ? max : value(last);
  if (from > to) throw refusal(`${name}, a range that runs backwards.`);
  return from === to ? String(from) : `${from}-${to}${suffix}`;
}
