// When a schedule is due where the clocks change: what they skip, what they repeat, and what goes by real time.
import { describe, expect, it } from "vitest";
import { dueTimes, previousDue } from "../../../src/domain/schedule.ts";

const at = (text: string): Date => new Date(`${text}Z`);
const isos = (times: readonly Date[]): string[] => times.map((time) => time.toISOString().slice(0, 16));

/** What is due from an instant on, forwards; the same has to come out backwards. */
function expectDues(timeZone: string, cron: string, after: string, text: string): void {
  const timing = { cron, timeZone };
  const dues = text.split(" ");
  expect(isos(dueTimes(timing, at(after), dues.length))).toEqual(dues);
  const back: Date[] = [];
  for (let due = previousDue(timing, at(dues.at(-1) ?? "")); due !== null && due > at(after); ) {
    back.unshift(due);
    due = previousDue(timing, new Date(due.getTime() - 1));
  }
  expect(isos(back)).toEqual(dues);
}

describe("a time of day that the clock skips comes due when the gap ends, once", () => {
  it.each([
    // Berlin goes from 02:00 to 03:00 at 01:00 UTC.
    ["Europe/Berlin", "30 2 * * *", "2026-03-28T00:00", "2026-03-28T01:30 2026-03-29T01:00 2026-03-30T00:30"],
    ["Europe/Berlin", "*/10 2 * * *", "2026-03-29T00:00", "2026-03-29T01:00 2026-03-30T00:00"],
    [
      "Europe/Berlin",
      "0,30 1-3 * * *",
      "2026-03-28T23:30",
      "2026-03-29T00:00 2026-03-29T00:30 2026-03-29T01:00 2026-03-29T01:30 2026-03-29T23:00",
    ],
    ["Europe/Berlin", "0 3 * * *", "2026-03-28T12:00", "2026-03-29T01:00 2026-03-30T01:00"],
    ["Europe/Berlin", "30 2 29 3 *", "2026-01-01T00:00", "2026-03-29T01:00 2027-03-29T00:30"],
    ["Europe/Berlin", "0 */24 * * *", "2026-03-28T12:00", "2026-03-28T23:00 2026-03-29T22:00"],
    // Lord Howe goes from 02:00 to 02:30 at 15:30 UTC.
    ["Australia/Lord_Howe", "15 2 * * *", "2026-10-02T20:00", "2026-10-03T15:30 2026-10-04T15:15"],
    ["Australia/Lord_Howe", "45 2 * * *", "2026-10-02T20:00", "2026-10-03T15:45 2026-10-04T15:45"],
    // Midnight is left out.
    ["America/Sao_Paulo", "0 0 * * *", "2018-11-03T12:00", "2018-11-04T03:00 2018-11-05T02:00"],
    ["America/Sao_Paulo", "@daily", "2018-11-03T12:00", "2018-11-04T03:00 2018-11-05T02:00"],
    ["Africa/Cairo", "0 0 * * *", "2026-04-23T12:00", "2026-04-23T22:00 2026-04-24T21:00"],
    ["Africa/Cairo", "0 */24 * * *", "2026-04-23T12:00", "2026-04-23T22:00 2026-04-24T21:00"],
    ["Asia/Beirut", "30 0 * * *", "2026-03-28T12:00", "2026-03-28T22:00 2026-03-29T21:30"],
    ["Asia/Beirut", "0 0 29 3 *", "2026-01-01T00:00", "2026-03-28T22:00 2027-03-28T21:00"],
    // Samoa had no 30 December.
    ["Pacific/Apia", "0 12 30 * *", "2011-11-30T23:00", "2011-12-30T10:00 2012-01-29T22:00"],
    [
      "Pacific/Apia",
      "0 2 * * *",
      "2011-12-28T13:00",
      "2011-12-29T12:00 2011-12-30T10:00 2011-12-30T12:00 2011-12-31T12:00",
    ],
  ])("%s %s after %s: %s", expectDues);
});

describe("a time of day that the clock repeats comes due at its first turn only", () => {
  it.each([
    // Berlin goes from 03:00 to 02:00 at 01:00 UTC.
    ["Europe/Berlin", "30 2 * * *", "2026-10-24T12:00", "2026-10-25T00:30 2026-10-26T01:30"],
    [
      "Europe/Berlin",
      "*/30 2 * * *",
      "2026-10-24T12:00",
      "2026-10-25T00:00 2026-10-25T00:30 2026-10-26T01:00",
    ],
    [
      "Europe/Berlin",
      "30 1-3 * * *",
      "2026-10-24T12:00",
      "2026-10-24T23:30 2026-10-25T00:30 2026-10-25T02:30 2026-10-26T00:30",
    ],
    ["Europe/Berlin", "30 2 * * *", "2026-10-25T01:10", "2026-10-26T01:30"],
    ["Europe/Berlin", "0 3 * * *", "2026-10-25T00:30", "2026-10-25T02:00 2026-10-26T02:00"],
    // Lord Howe goes from 02:00 to 01:30 at 15:00 UTC.
    [
      "Australia/Lord_Howe",
      "*/15 1 * * *",
      "2026-04-04T14:00",
      "2026-04-04T14:15 2026-04-04T14:30 2026-04-04T14:45 2026-04-05T14:30",
    ],
    // The last hour of the day comes twice.
    ["America/Sao_Paulo", "30 23 16 2 *", "2019-01-01T00:00", "2019-02-17T01:30 2020-02-17T02:30"],
    ["Africa/Cairo", "30 23 * * *", "2026-10-29T12:00", "2026-10-29T20:30 2026-10-30T21:30"],
    ["Asia/Beirut", "0 0 * * *", "2026-10-24T12:00", "2026-10-24T22:00 2026-10-25T22:00"],
  ])("%s %s after %s: %s", expectDues);
});

describe("an hourly expression goes by real time", () => {
  it.each([
    ["Europe/Berlin", "30 * * * *", "2026-03-29T00:00", "2026-03-29T00:30 2026-03-29T01:30 2026-03-29T02:30"],
    [
      "Europe/Berlin",
      "30 * * * *",
      "2026-10-24T23:00",
      "2026-10-24T23:30 2026-10-25T00:30 2026-10-25T01:30 2026-10-25T02:30",
    ],
    [
      "Europe/Berlin",
      "30 0-23 * * *",
      "2026-10-25T00:00",
      "2026-10-25T00:30 2026-10-25T01:30 2026-10-25T02:30",
    ],
    [
      "Europe/Berlin",
      "30 0-11,12-23 * * *",
      "2026-10-25T00:00",
      "2026-10-25T00:30 2026-10-25T01:30 2026-10-25T02:30",
    ],
    [
      "Europe/Berlin",
      "30 2,* * * *",
      "2026-10-25T00:00",
      "2026-10-25T00:30 2026-10-25T01:30 2026-10-25T02:30",
    ],
    [
      "Europe/Berlin",
      "*/30 * * * *",
      "2026-10-25T00:10",
      "2026-10-25T00:30 2026-10-25T01:00 2026-10-25T01:30 2026-10-25T02:00",
    ],
    [
      "Europe/Berlin",
      "0 */2 * * *",
      "2026-03-28T22:30",
      "2026-03-28T23:00 2026-03-29T02:00 2026-03-29T04:00",
    ],
    [
      "Europe/Berlin",
      "0 */2 * * *",
      "2026-10-24T22:00",
      "2026-10-25T00:00 2026-10-25T01:00 2026-10-25T03:00",
    ],
    ["Europe/Berlin", "@hourly", "2026-03-28T23:30", "2026-03-29T00:00 2026-03-29T01:00 2026-03-29T02:00"],
    [
      "Australia/Lord_Howe",
      "*/30 * * * *",
      "2026-10-03T14:40",
      "2026-10-03T15:00 2026-10-03T15:30 2026-10-03T16:00",
    ],
    [
      "Australia/Lord_Howe",
      "45 * * * *",
      "2026-04-04T14:00",
      "2026-04-04T14:45 2026-04-04T15:15 2026-04-04T16:15",
    ],
    ["Africa/Cairo", "0 * * * *", "2026-04-23T20:30", "2026-04-23T21:00 2026-04-23T22:00 2026-04-23T23:00"],
    [
      "Pacific/Apia",
      "0 */6 * * *",
      "2011-12-29T17:00",
      "2011-12-29T22:00 2011-12-30T04:00 2011-12-30T10:00 2011-12-30T16:00",
    ],
    ["UTC", "*/20 * * * *", "2026-03-29T00:50", "2026-03-29T01:00 2026-03-29T01:20 2026-03-29T01:40"],
  ])("%s %s after %s: %s", expectDues);
});
