// Cron expressions: what is understood, what is refused and why, and what it says in words.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarOf, cronWords, parseCron } from "../../../src/domain/cron.ts";
import { asProblem } from "../../../src/domain/problem.ts";
import { anyCron } from "../../support/any-cron.ts";

const isoOf = (cron: string, after: string): string | undefined => {
  const next = calendarOf(parseCron(cron)).next(Date.parse(after));
  return next === null ? undefined : new Date(next).toISOString().slice(0, 16);
};

describe("a cron expression", () => {
  it.each([
    ["15 2 * * *", "15 2 * * *"],
    ["  15\t2  * * *  ", "15 2 * * *"],
    ["@Daily", "@daily"],
    ["0 3 * jan-MAR Sun", "0 3 * jan-MAR Sun"],
  ])("%j is kept as %j", (given, kept) => {
    expect(parseCron(given)).toBe(kept);
    expect(parseCron(kept)).toBe(kept);
  });

  it.each([
    ["@hourly", "2026-11-23T10:30", "2026-11-23T11:00"],
    ["@daily", "2026-11-23T10:30", "2026-11-24T00:00"],
    ["@midnight", "2026-11-23T10:30", "2026-11-24T00:00"],
    ["@weekly", "2026-11-23T10:30", "2026-11-29T00:00"],
    ["@monthly", "2026-11-23T10:30", "2026-12-01T00:00"],
    ["@yearly", "2026-11-23T10:30", "2027-01-01T00:00"],
    ["@annually", "2026-11-23T10:30", "2027-01-01T00:00"],
    ["0 2 29 2 *", "2026-11-23T10:30", "2028-02-29T02:00"],
    ["0 2 29 2 *", "2096-03-01T00:00", "2104-02-29T02:00"],
    // Sunday is 0 and 7, and a week may end with it.
    ["0 2 * * 7", "2026-11-23T10:30", "2026-11-29T02:00"],
    ["0 2 * * SAT-SUN", "2026-11-28T10:30", "2026-11-29T02:00"],
    ["0 2 * * SUN-TUE", "2026-11-25T10:30", "2026-11-29T02:00"],
    ["0 2 * * SUN-SUN", "2026-11-23T10:30", "2026-11-29T02:00"],
    // Either of two days that are named, but an asterisk with a step narrows the other down.
    ["0 2 13 * FRI", "2026-11-14T00:00", "2026-11-20T02:00"],
    ["0 2 */2 * FRI", "2026-11-14T00:00", "2026-11-27T02:00"],
    ["0 2 13 * */5", "2026-11-14T00:00", "2026-12-13T02:00"],
    // The last day and the last or nth weekday of a month.
    ["0 2 L * *", "2028-02-01T00:00", "2028-02-29T02:00"],
    ["0 2 * * SUN#1", "2026-11-23T10:30", "2026-12-06T02:00"],
    ["0 2 * * 5L", "2026-11-23T10:30", "2026-11-27T02:00"],
    ["0 2 * * 7#5", "2026-12-01T00:00", "2027-01-31T02:00"],
  ])("%s after %s names %s", (cron, after, next) => {
    expect(isoOf(cron, `${after}Z`)).toBe(next);
  });

  it.each([
    [undefined, "is empty."],
    [null, "is empty."],
    ["", "is empty."],
    [" \t ", "is empty."],
    [15, "is not text."],
    [["15 2 * * *"], "is not text."],
    [`0${",0".repeat(100)} 2 * * *`, "is longer than 190 characters."],
    ["15 2 * * *\n", "holds control characters."],
    ["15 2 * * *\u202e", "holds control characters."],
    ["15 2 * *", "has 4 fields and needs five: minute, hour, day of the month, month, day of the week."],
    ["midnight", "has one field and needs five"],
    ["0 15 2 * * *", "has 6 fields and needs five: .* Seconds and years are not understood."],
    ["0 15 2 * * * 2027", "has 7 fields and needs five: .* Seconds and years are not understood."],
    ["@reboot", "is not a nickname of a time; there are @hourly, @daily,"],
    ["@daily 5", "has 2 fields and needs five"],
    ["2026-11-23T02:15:00", "has one field and needs five"],
    ["toString", "has one field and needs five"],
    ["60 2 * * *", 'has "60" as its minute, which lies between 0 and 59.'],
    ["15 24 * * *", 'has "24" as its hour, which lies between 0 and 23.'],
    ["15 2 0 * *", 'has "0" as its day of the month, which lies between 1 and 31.'],
    ["15 2 1,32 * *", 'has "32" as its day of the month, which lies between 1 and 31.'],
    ["15 2 * 13 *", 'has "13" as its month, which lies between 1 and 12.'],
    ["15 2 * * 8", 'has "8" as its day of the week, which lies between 0 and 7.'],
    ["15 2 * * FRI-MON", 'has "FRI-MON" as its day of the week, a range that runs backwards.'],
    ["15 22-6 * * *", 'has "22-6" as its hour, a range that runs backwards.'],
    ["*/0 * * * *", 'has "[*]/0" as its minute; a step lies between 1 and 60.'],
    ["*/61 * * * *", 'has "[*]/61" as its minute; a step lies between 1 and 60.'],
    ["5/10 * * * *", 'has "5/10" as its minute; a step needs a range, such as 5-59/10.'],
    ["/10 * * * *", 'has "/10" as its minute, which is not understood.'],
    ["15 2 * * MON,,TUE", 'has "" as its day of the week, which is not understood.'],
    ["-1 2 * * *", 'has "-1" as its minute, which is not understood.'],
    ["1.5 2 * * *", 'has "1.5" as its minute, which is not understood.'],
    ["15 2 * MON *", 'has "MON" as its month, which is not understood.'],
    ["15 2 * * Monday", 'has "Monday" as its day of the week, which is not understood.'],
    // What croner would read, and crontab would not.
    ["15 2 ? * *", 'has "[?]" as its day of the month, which is not understood.'],
    ["15 2 15W * *", 'has "15W" as its day of the month, which is not understood.'],
    ["15 2 LW * *", 'has "LW" as its day of the month, which is not understood.'],
    ["15 2 1 * +MON", 'has "[+]MON" as its day of the week, which is not understood.'],
    ["15 2 * * MON-FRI#2", 'has "MON-FRI#2" as its day of the week, which is not understood.'],
    ["15 2 * * FRI#6", 'has "FRI#6" as its day of the week, which is not understood.'],
    ["15 2 * * L", 'has "L" as its day of the week, which is not understood.'],
    ["0 2 31 2 *", "never comes due"],
    ["0 2 31 4,6,9,11 *", "never comes due"],
    ["0 2 30 2 */2", "never comes due"],
  ])("%j is refused: it %s", (given, reason) => {
    expect(() => parseCron(given)).toThrow(new RegExp(`^The cron expression ".*" ${reason}`, "s"));
  });

  it("is either refused in words or understood to the end, whatever is typed", () => {
    const word = fc.stringMatching(/^[0-9*,/#LWJANSUMO?@+-]{1,6}$/);
    const typed = fc.oneof(
      fc.array(word, { maxLength: 7 }).map((words) => words.join(" ")),
      fc.string(),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          typed,
          anyCron.map(({ text }) => text),
        ),
        (text) => {
          let cron: string;
          try {
            cron = parseCron(text);
          } catch (error) {
            expect(asProblem(error).code).toBe("bad_input");
            return;
          }
          expect(parseCron(cron)).toBe(cron);
          expect(cronWords(cron)).not.toMatch(/undefined|null|NaN|error/i);
          expect(calendarOf(cron).next(Date.UTC(2026, 10, 23))).toBeGreaterThan(0);
        },
      ),
      { numRuns: Number(process.env.SOAK_ROUNDS ?? 500) },
    );
  });
});

describe("a cron expression in words", () => {
  it.each([
    ["15 2 * * *", "At 02:15"],
    ["15 14 * * MON-FRI", "At 14:15, Monday through Friday"],
    ["@daily", "At 00:00"],
    ["@hourly", "Every hour"],
    ["@weekly", "At 00:00, only on Sunday"],
    ["*/30 2 * * *", "Every 30 minutes, between 02:00 and 02:59"],
    ["0 */4 * * *", "On the hour, every 4 hours"],
    ["0 3 * * 7#1", "At 03:00, on the first Sunday of the month"],
    ["0 3 L * *", "At 03:00, on the last day of the month"],
    ["0 2 13 * FRI", "At 02:00, on day 13 of the month, and on Friday"],
    ["0 2 */2 * FRI", "At 02:00, every 2 days in a month, only on Friday"],
  ])("%s is: %s", (cron, words) => {
    expect(cronWords(parseCron(cron))).toBe(words);
  });
});
