// Which day, week and year a snapshot is of, in any zone and where the clocks change.
import { describe, expect, it } from "vitest";
import { at, kept, nightly, taken } from "../../support/taken-snapshots.ts";

const HOUR_MS = 3_600_000;

describe("the calendar", () => {
  it.each([
    ["2026-12-27T12:00", "week 52 of 2026"],
    ["2026-12-28T00:00", "week 53 of 2026"],
    ["2027-01-01T00:00", "week 53 of 2026"],
    ["2027-01-03T23:59", "week 53 of 2026"],
    ["2027-01-04T00:00", "week 1 of 2027"],
    ["2024-12-29T23:59", "week 52 of 2024"],
    ["2024-12-30T00:00", "week 1 of 2025"],
    ["2021-01-03T12:00", "week 53 of 2020"],
    ["2022-01-02T12:00", "week 52 of 2021"],
    ["1969-12-29T00:00", "week 1 of 1970"],
    ["1969-12-28T23:59", "week 52 of 1969"],
  ])("says that %s lies in %s", (text, week) => {
    expect(kept([taken(text)], { keepWeekly: 1 })[0]).toBe(`${text} | weekly 1 of 1, ${week}`);
  });

  it("keeps one of the week around New Year, though it is in two years", () => {
    const snapshots = nightly("2026-12-21", 14);
    expect(kept(snapshots, { keepWeekly: 2, keepYearly: 2 })).toEqual([
      "2027-01-03T02:15 | weekly 1 of 2, week 53 of 2026 | yearly 1 of 2, 2027",
      "2026-12-31T02:15 | yearly 2 of 2, 2026",
      "2026-12-27T02:15 | weekly 2 of 2, week 52 of 2026",
    ]);
  });

  it("is that of the policy's time zone", () => {
    const evening = ["2026-11-20T22:30", "2026-11-21T10:00", "2026-11-21T23:30"].map((text) => taken(text));
    const days = (timeZone: string) =>
      kept(evening, { keepDaily: 9, timeZone }).map((line) => line.replace(/ of 9/, ""));
    expect(days("UTC")).toEqual([
      "2026-11-21T23:30 | daily 1, 2026-11-21",
      "2026-11-20T22:30 | daily 2, 2026-11-20",
    ]);
    expect(days("Europe/Amsterdam")).toEqual([
      "2026-11-21T23:30 | daily 1, 2026-11-22",
      "2026-11-21T10:00 | daily 2, 2026-11-21",
      "2026-11-20T22:30 | daily 3, 2026-11-20",
    ]);
    expect(days("Pacific/Auckland")).toEqual([
      "2026-11-21T23:30 | daily 1, 2026-11-22",
      "2026-11-21T10:00 | daily 2, 2026-11-21",
      "2026-11-20T22:30 | oldest, while only 2 days are there",
    ]);
    expect(kept(evening, { keepHourly: 1, timeZone: "Asia/Kathmandu" })).toEqual([
      "2026-11-21T23:30 | hourly 1 of 1, 2026-11-22 05:00",
    ]);
  });

  it("has days of 23 and 25 hours", () => {
    const hourly = (first: string, hours: number) =>
      Array.from({ length: hours }, (_, hour) =>
        taken(new Date(at(first).getTime() + hour * HOUR_MS).toISOString().slice(0, 16)),
      );
    const ends = (first: string, hours: number) =>
      kept(hourly(first, hours), { keepDaily: 3, timeZone: "Europe/Amsterdam" }).map((line) =>
        line.slice(0, 16),
      );
    // Clocks are set forward on 29 March, and back on 25 October; the last snapshot is the first of a fourth day.
    expect(ends("2026-03-27T23:00", 72)).toEqual([
      "2026-03-30T22:00",
      "2026-03-30T21:00",
      "2026-03-29T21:00",
    ]);
    expect(ends("2026-10-23T22:00", 74)).toEqual([
      "2026-10-26T23:00",
      "2026-10-26T22:00",
      "2026-10-25T22:00",
    ]);
  });

  it("has the hour that is shown twice once", () => {
    const night = ["2026-10-24T23:30", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30"].map(
      (text) => taken(text),
    );
    expect(kept(night, { keepHourly: 3, timeZone: "Europe/Amsterdam" })).toEqual([
      "2026-10-25T02:30 | hourly 1 of 3, 2026-10-25 03:00",
      "2026-10-25T01:30 | hourly 2 of 3, 2026-10-25 02:00",
      "2026-10-24T23:30 | hourly 3 of 3, 2026-10-25 01:00",
    ]);
  });

  it("counts days by their dates where the clocks were set back over midnight, and two days took turns", () => {
    // St. John's, 7 November 2010: a minute after midnight it was 23:01 again.
    const night = ["2010-11-07T02:30", "2010-11-07T02:45"].map((text) => taken(text));
    expect(kept(night, { keepDaily: 1, timeZone: "America/St_Johns" })).toEqual([
      "2010-11-07T02:45",
      "2010-11-07T02:30 | daily 1 of 1, 2010-11-07",
    ]);
  });
});
