// Until when a pin holds, as a person types it: days end where the host's policy says, and the past is refused.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePinReason, parsePinUntil, pinEndText } from "../../../src/domain/pin-input.ts";

const NOW = new Date("2026-11-23T12:00:00.500Z");
const until = (given: unknown, timeZone = "UTC", now = NOW) =>
  parsePinUntil(given, now, timeZone).toISOString();

describe("until when a pin holds", () => {
  it.each([
    ["2027-01-31", "UTC", "2027-01-31T23:59:59.999Z"],
    ["2027-01-31", "Europe/Amsterdam", "2027-01-31T22:59:59.999Z"],
    ["2027-07-31", "Europe/Amsterdam", "2027-07-31T21:59:59.999Z"],
    ["2027-01-31", "America/New_York", "2027-02-01T04:59:59.999Z"],
    ["2027-01-31", "Asia/Kathmandu", "2027-01-31T18:14:59.999Z"],
    ["2028-02-29", "UTC", "2028-02-29T23:59:59.999Z"],
    // The day has 23 and 25 hours.
    ["2027-03-28", "Europe/Amsterdam", "2027-03-28T21:59:59.999Z"],
    ["2027-10-31", "Europe/Amsterdam", "2027-10-31T22:59:59.999Z"],
    // Today is not over yet.
    ["2026-11-23", "UTC", "2026-11-23T23:59:59.999Z"],
    // Here it is tomorrow already.
    ["2026-11-24", "Pacific/Kiritimati", "2026-11-24T09:59:59.999Z"],
  ])("%s in %s is the end of that day: %s", (given, timeZone, expected) => {
    expect(until(given, timeZone)).toBe(expected);
  });

  it.each([
    // Midnight is left out: the day before ends when the clocks jump.
    ["2018-11-03", "America/Sao_Paulo", "2018-11-04T02:59:59.999Z"],
    // From 24:00 back to 23:00: the last hour comes twice, and the second one is the end.
    ["2018-02-17", "America/Sao_Paulo", "2018-02-18T02:59:59.999Z"],
    // From 01:00 back to 00:00: the next day has two midnights, and only before the first it was this one.
    ["2018-11-03", "America/Havana", "2018-11-04T03:59:59.999Z"],
    // From 00:01 back to 23:01: this day goes on after the first minute of the next.
    ["2010-11-06", "America/St_Johns", "2010-11-07T03:29:59.999Z"],
  ])("%s in %s, where the clocks change around midnight, ends at %s", (given, timeZone, expected) => {
    expect(until(given, timeZone, new Date("2010-01-01T00:00Z"))).toBe(expected);
  });

  it.each([
    ["2027-01-31T12:00Z", "Europe/Amsterdam", "2027-01-31T12:00:00.000Z"],
    ["2027-01-31t12:00:30.25z", "Europe/Amsterdam", "2027-01-31T12:00:30.250Z"],
    ["2027-01-31T12:00+05:30", "UTC", "2027-01-31T06:30:00.000Z"],
    ["2027-01-31T12:00-0330", "UTC", "2027-01-31T15:30:00.000Z"],
    // Without an offset it is what the clock on the wall shows.
    ["2027-01-31T12:00", "Europe/Amsterdam", "2027-01-31T11:00:00.000Z"],
    ["2027-07-31 12:00", "Europe/Amsterdam", "2027-07-31T10:00:00.000Z"],
    // Shown twice: the later one. Skipped: when the gap ends.
    ["2027-10-31 02:30", "Europe/Amsterdam", "2027-10-31T01:30:00.000Z"],
    ["2027-03-28 02:30", "Europe/Amsterdam", "2027-03-28T01:00:00.000Z"],
    ["90d", "Europe/Amsterdam", "2027-02-21T12:00:00.500Z"],
    ["2y", "UTC", "2028-11-22T12:00:00.500Z"],
    ["6h", "UTC", "2026-11-23T18:00:00.500Z"],
    ["1s", "UTC", "2026-11-23T12:00:01.500Z"],
  ])("%s in %s is a moment: %s", (given, timeZone, expected) => {
    expect(until(given, timeZone)).toBe(expected);
  });

  it.each([
    ["2026-11-22", "UTC", "is in the past"],
    ["2026-11-23T12:00Z", "UTC", "is in the past"],
    ["2026-11-23T13:00", "Europe/Amsterdam", "is in the past"],
    // Where it is tomorrow already, today is over.
    ["2026-11-23", "Pacific/Kiritimati", "is in the past"],
    ["0001-01-01", "UTC", "is in the past"],
    ["2127-01-01", "UTC", "is more than 100 years away; leave it out to keep for ever"],
    ["9999-12-31T23:59-14:00", "UTC", "is more than 100 years away"],
    ["0d", "UTC", "must lie between"],
    ["101y", "UTC", "must lie between"],
    ["5x", "UTC", "is not a duration"],
    ["90", "UTC", "is none of: a day such as 2027-01-31, a moment, a duration such as 90d"],
    ["2027-02-29", "UTC", "is not in the calendar"],
    ["2027-13-01", "UTC", "is not in the calendar"],
    ["2027-01-31T24:00Z", "UTC", "is not in the calendar or on the clock"],
    ["2027-01-31T12:60Z", "UTC", "is not in the calendar or on the clock"],
    ["2027-01-31T12:00+15:00", "UTC", "has an offset that no time zone has"],
    ["2027-01-31T12:00+05:60", "UTC", "has an offset that no time zone has"],
    ["2027-01-31T12Z", "UTC", "is none of"],
    ["2027-1-31", "UTC", "is none of"],
    ["31.01.2027", "UTC", "is none of"],
    ["2027-01-31\n", "UTC", "is none of"],
    ["-90d", "UTC", "is none of"],
    ["tomorrow", "UTC", "is none of"],
    ["", "UTC", "is none of"],
    ["\u001b[31m", "UTC", "is none of"],
    ["2027-01-31".padEnd(10_000, "0"), "UTC", "is none of"],
    [null, "UTC", "is none of"],
    [20270131, "UTC", "is none of"],
    [["2027-01-31"], "UTC", "is none of"],
  ])("%j in %s is refused: it %s", (given, timeZone, why) => {
    expect(() => until(given, timeZone)).toThrow(expect.objectContaining({ code: "bad_input" }));
    expect(() => until(given, timeZone)).toThrow(why);
  });

  it("is shown as it may be typed again, in any zone", () => {
    const zones = ["UTC", "Europe/Amsterdam", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo"];
    const days = fc.date({ min: new Date("2026-11-25Z"), max: new Date("2100-01-01Z"), noInvalidDate: true });
    fc.assert(
      fc.property(days, fc.constantFrom(...zones), (date, timeZone) => {
        const day = date.toISOString().slice(0, 10);
        const end = parsePinUntil(day, NOW, timeZone);
        expect(pinEndText(end, timeZone)).toBe(day);
        // A millisecond later it is the next day.
        expect(pinEndText(new Date(end.getTime() + 1), timeZone).slice(0, 10) > day).toBe(true);
      }),
    );
    expect(pinEndText(new Date("2027-01-31T12:00:00.500Z"), "Europe/Amsterdam")).toBe("2027-01-31 13:00");
  });
});

describe("the reason of a pin", () => {
  it("is one line of text, up to 200 characters, without blanks around it", () => {
    expect(parsePinReason("  before the migration ")).toBe("before the migration");
    for (const good of ["🦀".repeat(200), "vóór de verhuizing", "לפני ההגירה", "x"])
      expect(parsePinReason(good)).toBe(good);
  });

  it.each([
    ["", "is empty"],
    ["  \n", "is empty"],
    [null, "is empty"],
    [7, "is empty"],
    ["x".repeat(201), "is longer than 200 characters"],
    ["two\nlines", "contains a control character"],
    ["\u001b[31mred", "contains a control character"],
    ["\u202egnp.exe", "contains a control character"],
    ["half \ud800 a pair", "contains a control character"],
  ])("%j is refused: it %s", (given, why) => {
    expect(() => parsePinReason(given)).toThrow(why);
  });
});
