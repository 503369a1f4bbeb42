// When the clock is not believed, and what is said about it.
import { describe, expect, it } from "vitest";
import { clockDoubt } from "../../../src/domain/clock-doubt.ts";
import { planRetention } from "../../../src/domain/retention.ts";
import { at, NOW, nightly, policy, taken } from "../../support/taken-snapshots.ts";

const DAY_MS = 86_400_000;

describe("the clock", () => {
  const nights = nightly("2026-10-20", 35);

  it.each([
    ["in the night's backup", "2026-11-23T02:20"],
    ["half an hour behind the last backup", "2026-11-23T01:45"],
    ["after a host was away for six weeks", "2027-01-06"],
  ])("is believed %s", (_, now) => {
    expect(clockDoubt(nights, at(now))).toBeNull();
  });

  it("is not believed a day back, until it or the snapshots that it contradicts are gone", () => {
    expect(clockDoubt(nights, at("2026-11-22T02:15"))).toBe(
      "The clock shows 2026-11-22 02:15 UTC, but a snapshot began at 2026-11-23 02:15 UTC, later than that.",
    );
    expect(clockDoubt(nights, at("2026-11-20T12:00"))).toBe(
      "The clock shows 2026-11-20 12:00 UTC, but 3 snapshots began, the last of them at 2026-11-23 02:15 UTC, later than that.",
    );
    const removed = [...nights, taken("2036-11-23T02:15", { state: "removed" })];
    expect(clockDoubt(removed, at("2026-11-23T12:00"))).toBeNull();
  });

  it("is not believed ten years forward, and no more after the backups that it dates", () => {
    expect(clockDoubt(nights, at("2036-11-23T02:15"))).toBe(
      "Nothing happened for 3,653 days between the backup of 2026-11-23 02:15 UTC and 2036-11-23 02:15 UTC, as the clock shows now, where the longest pause had been 24 hours.",
    );
    const after = [...nights, ...nightly("2036-11-23", 40)];
    expect(clockDoubt(after, at("2037-01-01T02:15"))).toMatch(/^Nothing happened for 3,653 days between/);
    expect(clockDoubt(after, at("2036-11-23T02:20"))).toMatch(/^The clock shows/);
    const believed = [...nights, ...nightly("2036-11-23", 60)];
    expect(clockDoubt(believed, at("2037-01-21T02:20"))).toBeNull();
  });

  it("is measured by all backups there were, not by what a policy left of them", () => {
    const { keep, remove } = planRetention(nights, policy({ keepMonthly: 2 }), NOW);
    const history = [
      ...keep.map(({ snapshot }) => snapshot),
      ...remove.map((one) => ({ ...one, state: "removed" as const })),
    ];
    expect(clockDoubt(history, at("2027-02-23"))).toMatch(/the longest pause had been 24 hours/);
  });

  it.each([
    [
      "of backups by hand, twice in a quarter hour and once a quarter",
      [0, 0.01, 91, 91.01, 182, 182.01],
      280,
    ],
    ["of a host that is backed up once a month", [0, 31, 59, 90], 150],
    ["of a single backup, half a year later", [0], 179],
    ["of nothing", [], 5000],
  ])("is believed by a history %s", (_, days, now) => {
    const on = (day: number) => new Date(at("2026-01-01").getTime() + day * DAY_MS);
    const history = days.map((day) => ({ ...taken("2026-01-01"), startedAt: on(day) }));
    expect(clockDoubt(history, on(now))).toBeNull();
  });

  it.each([
    [46, 1, true],
    [45, 1, false],
    [81, 20, true],
    [80, 20, false],
  ])(
    "after %i days without a backup, where the longest pause had been %i, is doubted: %s",
    (days, pause, isDoubted) => {
      const on = (day: number) => new Date(at("2026-01-01").getTime() + day * DAY_MS);
      const history = [0, 1, 2, 2 + pause, 3 + pause].map((day) => ({
        ...taken("2026-01-01"),
        startedAt: on(day),
      }));
      expect(clockDoubt(history, on(3 + pause + days)) !== null).toBe(isDoubted);
    },
  );

  it("is not believed by a single backup ten years later", () => {
    expect(clockDoubt([taken("2026-01-01")], at("2036-01-01"))).toBe(
      "Nothing happened for 3,652 days between the backup of 2026-01-01 00:00 UTC and 2036-01-01 00:00 UTC, as the clock shows now.",
    );
  });
});
