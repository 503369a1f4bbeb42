// Which due time is next and which was the last, what is queued of them, and how much later a run may start.
import { describe, expect, it } from "vitest";
import {
  dueTimes,
  jitterMs,
  nextDue,
  parseJitter,
  parseScheduleName,
  planDue,
  previousDue,
} from "../../../src/domain/schedule.ts";

const at = (text: string): Date => new Date(`${text}Z`);
const isos = (times: readonly Date[]): string[] => times.map((time) => time.toISOString().slice(0, 16));

describe("a due time", () => {
  it("comes strictly after the instant that was given, to the millisecond", () => {
    const timing = { cron: "15 2 * * *", timeZone: "UTC" };
    expect(nextDue(timing, at("2026-11-23T02:14:59.999"))).toEqual(at("2026-11-23T02:15"));
    expect(nextDue(timing, at("2026-11-23T02:15"))).toEqual(at("2026-11-24T02:15"));
    expect(previousDue(timing, at("2026-11-23T02:15"))).toEqual(at("2026-11-23T02:15"));
    expect(previousDue(timing, at("2026-11-23T02:14:59.999"))).toEqual(at("2026-11-22T02:15"));
  });

  it("is looked for ten years back and no further", () => {
    const timing = { cron: "0 0 29 2 */2", timeZone: "UTC" };
    expect(nextDue(timing, at("2026-11-23T00:00"))).toEqual(at("2028-02-29T00:00"));
    expect(previousDue(timing, at("2027-11-23T00:00"))).toEqual(at("2024-02-29T00:00"));
    const leapSunday = { cron: "0 0 29 2 */7", timeZone: "UTC" };
    expect(previousDue(leapSunday, at("2027-11-23T00:00"))).toBeNull();
    expect(nextDue(leapSunday, at("2026-11-23T00:00"))).toEqual(at("2032-02-29T00:00"));
  });
});

describe("what is queued", () => {
  const timing = { cron: "15 2 * * *", timeZone: "UTC" };
  const next = at("2026-11-23T02:15");

  it.each([
    ["nothing before it is due", "2026-11-23T02:14:59.999", null],
    ["the due time itself", "2026-11-23T02:15", ["2026-11-23T02:15", "2026-11-24T02:15"]],
    [
      "the due time itself while there is no newer one",
      "2026-11-24T02:14:59",
      ["2026-11-23T02:15", "2026-11-24T02:15"],
    ],
    [
      "the newest after days without a scheduler",
      "2026-11-28T17:00",
      ["2026-11-28T02:15", "2026-11-29T02:15"],
    ],
    [
      "the newest after years without a scheduler",
      "2041-01-02T00:00",
      ["2041-01-01T02:15", "2041-01-02T02:15"],
    ],
  ])("is %s", (_, now, expected) => {
    const plan = planDue(timing, next, at(now));
    expect(plan && isos([plan.dueAt, plan.nextDueAt ?? new Date(Number.NaN)])).toEqual(expected);
  });

  it("is what was promised, also where the expression or the time zone has changed since", () => {
    const promised = at("2026-11-23T09:00");
    expect(planDue(timing, promised, at("2026-11-23T10:00"))).toEqual({
      dueAt: promised,
      nextDueAt: at("2026-11-24T02:15"),
    });
  });
});

describe("jitter", () => {
  it("is the same for all schedulers, whole seconds, within its bounds and evenly spread", () => {
    const counts = new Array<number>(11).fill(0);
    for (let id = 1; id <= 100; id++) {
      for (let day = 0; day < 110; day++) {
        const dueAt = new Date(Date.UTC(2026, 10, 23 + day, 2, 15));
        const jitter = jitterMs(id, dueAt, 10);
        expect(jitterMs(id, new Date(dueAt), 10)).toBe(jitter);
        counts[jitter / 1000] = (counts[jitter / 1000] ?? Number.NaN) + 1;
      }
    }
    expect(counts).toHaveLength(11);
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it("moves schedules of the same due time apart, and one schedule from day to day", () => {
    const dueAt = at("2026-11-23T02:15");
    const byId = new Set(Array.from({ length: 50 }, (_, id) => jitterMs(id, dueAt, 86_400)));
    const byDay = new Set(
      dueTimes({ cron: "@daily", timeZone: "UTC" }, dueAt, 50).map((due) => jitterMs(1, due, 86_400)),
    );
    expect(byId.size).toBeGreaterThan(45);
    expect(byDay.size).toBeGreaterThan(45);
    expect(jitterMs(7, dueAt, 0)).toBe(0);
  });

  it.each([
    ["0", 0],
    [90, 90],
    ["90", 90],
    ["90s", 90],
    ["10m", 600],
    ["24h", 86_400],
    ["1d", 86_400],
  ])("of %j is %d seconds", (given, seconds) => {
    expect(parseJitter(given)).toBe(seconds);
  });

  it.each([
    ["25h", 'The jitter "25h" must lie between 0s and 1d.'],
    [86_401, 'The jitter "86401" must lie between 0 and 86400.'],
    [-1, 'The jitter "-1" is not a whole number.'],
    ["", 'The jitter "" is not a duration'],
    ["soon", 'The jitter "soon" is not a duration'],
    [null, 'The jitter "null" is not a duration'],
  ])("of %j is refused", (given, message) => {
    expect(() => parseJitter(given)).toThrow(message);
  });
});

describe("a schedule's name", () => {
  it.each(["default", "nightly-2", "a", "Every.4_hours", "x".repeat(64)])("may be %s", (name) => {
    expect(parseScheduleName(name)).toBe(name);
  });

  it.each([
    ["", "is empty"],
    [undefined, "is empty"],
    [7, "is empty"],
    ["x".repeat(65), "is longer than 64 characters"],
    ["-x", "must begin and end with a letter or digit"],
    ["a b", "must begin and end"],
    ["a/b", "must begin and end"],
    ["a\n", "must begin and end"],
  ])("%j is refused: it %s", (given, reason) => {
    expect(() => parseScheduleName(given)).toThrow(reason);
  });
});
