// Random cron expressions, each with its meaning beside it, and random time zones and instants, mostly awkward ones.
import fc from "fast-check";
import { changesOf, type KnownCron, type Local } from "./cron-oracle.ts";

const MINUTE_MS = 60_000;

interface Part {
  readonly text: string;
  readonly matches: (local: Local) => boolean;
  /** Begins with an asterisk, or says the same of all hours. */
  readonly isStar: boolean;
}

type Value = "minute" | "hour" | "day" | "month" | "weekday";
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/** One spelling of a value: plain, with a zero before it, or its name. In a range, Sunday's name is 0 or 7 by its place. */
function spelling(what: Value, value: number, isNamed = true): fc.Arbitrary<string> {
  const name = what === "month" ? MONTHS[value - 1] : what === "weekday" ? WEEKDAYS[value] : undefined;
  const names = name === undefined || !isNamed ? [] : [name, name.toLowerCase()];
  return fc.constantFrom(String(value), String(value).padStart(2, "0"), ...names);
}

/** A Sunday is 0 and 7. */
const among = (what: Value, from: number, to: number, step: number) => (local: Local) => {
  for (let value = from; value <= to; value += step) {
    if (local[what] === (what === "weekday" ? value % 7 : value)) return true;
  }
  return false;
};

function item(what: Value, min: number, max: number): fc.Arbitrary<Part> {
  const steps = fc.integer({ min: 1, max: what === "weekday" ? 7 : max - min + 1 });
  const value = fc.integer({ min, max }).chain((number) =>
    spelling(what, number).map((text) => ({
      text,
      matches: among(what, number, number, 1),
      isStar: false,
    })),
  );
  const range = fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }), fc.option(steps))
    .chain((three) => {
      const [from, to, step] = [Math.min(three[0], three[1]), Math.max(three[0], three[1]), three[2]];
      const every = step === null ? "" : `/${step}`;
      const ends = [spelling(what, from, from < 7), spelling(what, to, to < 7 || from > 0)] as const;
      return fc.tuple(...ends).map(([a, b]) => ({
        text: `${a}-${b}${every}`,
        matches: among(what, from, to, step ?? 1),
        isStar: what === "hour" && from === 0 && to === 23,
      }));
    });
  const stepped = steps.map((step) => ({
    text: `*/${step}`,
    matches: among(what, min, max, step),
    isStar: true,
  }));
  return fc.oneof({ arbitrary: value, weight: 4 }, { arbitrary: range, weight: 3 }, stepped, special(what));
}

/** The last day of a month, and the last or the nth Friday of one. */
function special(what: Value): fc.Arbitrary<Part> {
  const last = { text: "L", matches: (local: Local) => local.day === local.daysInMonth, isStar: false };
  if (what === "day") return fc.constant(last);
  if (what !== "weekday") return fc.constant({ text: "*", matches: () => true, isStar: true });
  return fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 6 })).chain(([day, nth]) =>
    spelling(what, day).map((text) => ({
      text: nth === 6 ? `${text}L` : `${text}#${nth}`,
      matches: (local: Local) =>
        local.weekday === day % 7 &&
        (nth === 6 ? local.day + 7 > local.daysInMonth : Math.ceil(local.day / 7) === nth),
      isStar: false,
    })),
  );
}

interface Field extends Part {
  readonly areAllStars: boolean;
}

function field(what: Value, min: number, max: number): fc.Arbitrary<Field> {
  const star: Part[] = [{ text: "*", matches: () => true, isStar: true }];
  const parts = item(what, min, max);
  const one = parts.map((part) => [part]);
  const list = fc.array(parts, { minLength: 1, maxLength: 4 });
  return fc
    .oneof({ arbitrary: fc.constant(star), weight: 3 }, { arbitrary: one, weight: 3 }, list)
    .map((items) => ({
      text: items.map(({ text }) => text).join(","),
      matches: (local) => items.some((part) => part.matches(local)),
      isStar: items[0]?.text.startsWith("*") === true || items.some(({ text }) => /^\*(\/1)?$/.test(text)),
      areAllStars: items.every(({ isStar }) => isStar),
    }));
}

const daysOf = (day: Field, weekday: Field) => (local: Local) =>
  day.isStar || weekday.isStar
    ? day.matches(local) && weekday.matches(local)
    : day.matches(local) || weekday.matches(local);

const cronWith = (day: fc.Arbitrary<Field>, month: fc.Arbitrary<Field>, weekday: fc.Arbitrary<Field>) =>
  fc
    .tuple(field("minute", 0, 59), field("hour", 0, 23), day, month, weekday)
    .map(([minute, hour, ...days]): KnownCron => {
      const [ofMonth, inMonth, ofWeek] = days;
      const isOneOf = daysOf(ofMonth, ofWeek);
      const matchesDay = (local: Local) => inMonth.matches(local) && isOneOf(local);
      const at = { minute: 0, day: 1, month: 1, weekday: 1, daysInMonth: 31 };
      const hours = Array.from({ length: 24 }, (_, of) => hour.matches({ ...at, hour: of })).filter(Boolean);
      return {
        text: [minute, hour, ...days].map(({ text }) => text).join(" "),
        matches: (local) => minute.matches(local) && hour.matches(local) && matchesDay(local),
        matchesDay,
        // One like "*/24" is an asterisk too, but names one time of day.
        isHourly: hours.length === 24 || (hour.areAllStars && hours.length > 1),
      };
    });

const [day, month, weekday] = [field("day", 1, 31), field("month", 1, 12), field("weekday", 0, 7)] as const;
const all = fc.constant({ text: "*", matches: () => true, isStar: true, areAllStars: true });

/** Any expression that pobsync understands; also ones that never come due. */
export const anyCron = cronWith(day, month, weekday);

/** Mostly ones that are due within days, so that there is something to see. */
export const frequentCron = fc.oneof(cronWith(all, all, all), cronWith(day, all, all), anyCron);

/** Zones whose clocks do something special: half hours, midnight, whole days, two hours, the other way round. */
const ODD_ZONES = [
  ...["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Cairo", "UTC"],
  ...["Asia/Beirut", "Pacific/Apia", "Antarctica/Troll", "Africa/Casablanca", "Europe/Dublin", "Asia/Gaza"],
  ...["America/St_Johns", "America/Havana", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Kwajalein"],
  ...[
    "Asia/Tehran",
    "Asia/Kathmandu",
    "America/Nuuk",
    "Atlantic/Azores",
    "America/Caracas",
    "Asia/Pyongyang",
  ],
];

const anyZone = fc.oneof(
  { arbitrary: fc.constantFrom(...ODD_ZONES), weight: 2 },
  fc.constantFrom(...Intl.supportedValuesOf("timeZone")),
);

/** Whole days that were left out, and clocks set back by two hours. */
const ODD_CHANGES = [
  { timeZone: "Pacific/Apia", instant: Date.parse("2011-12-30T10:00Z") },
  { timeZone: "Pacific/Kiritimati", instant: Date.parse("1994-12-31T10:00Z") },
  { timeZone: "Pacific/Kwajalein", instant: Date.parse("1993-08-21T12:00Z") },
  { timeZone: "America/Juneau", instant: Date.parse("1983-10-30T10:00Z") },
];

/** A zone and an instant in it, often one at which its clocks change. Before 1972 some zones had odd seconds. */
export const zoneAndInstant = fc.oneof(
  { arbitrary: fc.constantFrom(...ODD_CHANGES), weight: 1 },
  {
    arbitrary: fc
      .tuple(anyZone, fc.integer({ min: 1972, max: 2099 }), fc.nat(), fc.nat())
      .map(([timeZone, year, which, at]) => {
        const changes = changesOf(timeZone, year);
        const some = Date.UTC(year, 1, 1) + (at % (330 * 24 * 60)) * MINUTE_MS;
        return { timeZone, instant: changes[which % Math.max(1, changes.length)] ?? some };
      }),
    weight: 9,
  },
);
