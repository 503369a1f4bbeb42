// What each rule of a policy keeps, with which words.
import { describe, expect, it } from "vitest";
import { type PlannedSnapshot, planRetention } from "../../../src/domain/retention.ts";
import { at, kept, NOW, nameOf, nightly, policy, short, taken } from "../../support/taken-snapshots.ts";

describe("a rule", () => {
  it("of the last keeps as many as it says", () => {
    expect(kept(nightly("2026-11-01", 20), { keepLast: 2 })).toEqual([
      "2026-11-20T02:15 | last 1 of 2",
      "2026-11-19T02:15 | last 2 of 2",
    ]);
  });

  it("of hours keeps the newest of each hour that has one", () => {
    const taken3 = ["2026-11-22T14:05", "2026-11-22T14:50", "2026-11-22T11:00", "2026-11-20T11:59"].map((t) =>
      taken(t),
    );
    expect(kept(taken3, { keepHourly: 2 })).toEqual([
      "2026-11-22T14:50 | hourly 1 of 2, 2026-11-22 14:00",
      "2026-11-22T11:00 | hourly 2 of 2, 2026-11-22 11:00",
    ]);
  });

  it("of days counts days that have a snapshot, however long ago they are", () => {
    const few = ["2026-11-22T02:15", "2026-11-22T01:00", "2026-03-01T02:15", "2019-07-04T02:15"].map((t) =>
      taken(t),
    );
    expect(kept([...few, taken("2018-01-01T00:00")], { keepDaily: 3 })).toEqual([
      "2026-11-22T02:15 | daily 1 of 3, 2026-11-22",
      "2026-03-01T02:15 | daily 2 of 3, 2026-03-01",
      "2019-07-04T02:15 | daily 3 of 3, 2019-07-04",
    ]);
  });

  it("of weeks keeps the last of each week, from Monday to Sunday", () => {
    expect(kept(nightly("2026-11-01", 22), { keepWeekly: 3 })).toEqual([
      "2026-11-22T02:15 | weekly 1 of 3, week 47 of 2026",
      "2026-11-15T02:15 | weekly 2 of 3, week 46 of 2026",
      "2026-11-08T02:15 | weekly 3 of 3, week 45 of 2026",
    ]);
  });

  it("of months and years keeps the last of each", () => {
    expect(kept(nightly("2024-12-20", 400), { keepMonthly: 2, keepYearly: 2 })).toEqual([
      "2026-01-23T02:15 | monthly 1 of 2, 2026-01 | yearly 1 of 2, 2026",
      "2025-12-31T02:15 | monthly 2 of 2, 2025-12 | yearly 2 of 2, 2025",
    ]);
  });

  it("of a duration keeps what is younger than the newest by less, not than now", () => {
    const snapshots = nightly("2026-03-01", 10);
    expect(kept(snapshots, { keepWithinSeconds: 2 * 86_400 })).toEqual([
      "2026-03-10T02:15 | within 2d of the newest",
      "2026-03-09T02:15 | within 2d of the newest",
    ]);
    expect(kept(snapshots, { keepWithinSeconds: 2 * 86_400 + 1 })).toHaveLength(3);
  });

  it("adds to the others: what any of them keeps is kept, with all its reasons", () => {
    const rules = { keepLast: 1, keepDaily: 2, keepWeekly: 2, keepYearly: 0, keepWithinSeconds: 3600 };
    expect(kept(nightly("2026-11-01", 22), rules)).toEqual([
      "2026-11-22T02:15 | last 1 of 1 | daily 1 of 2, 2026-11-22 | weekly 1 of 2, week 47 of 2026 | within 1h of the newest",
      "2026-11-21T02:15 | daily 2 of 2, 2026-11-21",
      "2026-11-15T02:15 | weekly 2 of 2, week 46 of 2026",
    ]);
  });

  it.each([
    [
      7,
      3,
      [
        "2026-11-03T02:15 | weekly 1 of 7, week 45 of 2026",
        "2026-11-01T02:15 | weekly 2 of 7, week 44 of 2026",
      ],
    ],
    [
      2,
      7,
      [
        "2026-11-07T02:15 | weekly 1 of 2, week 45 of 2026",
        "2026-11-01T02:15 | weekly 2 of 2, week 44 of 2026",
      ],
    ],
  ])("that wants %i weeks and finds %i nights keeps the last of each", (keepWeekly, nights, expected) => {
    expect(kept(nightly("2026-11-01", nights), { keepWeekly })).toEqual(expected);
  });

  it("keeps the oldest too, while it has not filled its number", () => {
    const snapshots = nightly("2026-11-09", 10);
    expect(kept(snapshots, { keepWeekly: 3 })).toEqual([
      "2026-11-18T02:15 | weekly 1 of 3, week 47 of 2026",
      "2026-11-15T02:15 | weekly 2 of 3, week 46 of 2026",
      "2026-11-09T02:15 | oldest, while only 2 of 3 weeks are there",
    ]);
    expect(kept(snapshots, { keepWeekly: 2 })).toHaveLength(2);
    expect(kept(snapshots, { keepMonthly: 2 }).at(-1)).toBe(
      "2026-11-09T02:15 | oldest, while only 1 of 2 months is there",
    );
  });

  it("prefers the newest clean snapshot of a period to newer ones with warnings, and those to none", () => {
    const days = [
      ...["2026-11-20T01:00", "2026-11-20T02:00", "2026-11-20T03:00!"],
      ...["2026-11-21T01:00!", "2026-11-21T02:00!"],
      ...["2026-11-22T01:00!", "2026-11-22T02:00"],
    ].map((text) => taken(text));
    expect(kept(days, { keepDaily: 3 })).toEqual([
      "2026-11-22T02:00 | daily 1 of 3, 2026-11-22",
      "2026-11-21T02:00! | daily 2 of 3, 2026-11-21",
      "2026-11-20T02:00 | daily 3 of 3, 2026-11-20",
    ]);
  });

  it("does not prefer among the last, nor within a duration", () => {
    const days = ["2026-11-20T01:00", "2026-11-21T01:00!", "2026-11-22T01:00"].map((text) => taken(text));
    expect(kept(days, { keepLast: 2 }).map((line) => line.slice(0, 17))).toEqual([
      "2026-11-22T01:00 ",
      "2026-11-21T01:00!",
    ]);
    expect(kept(days, { keepWithinSeconds: 86_401 })).toHaveLength(2);
  });
});

describe("always kept", () => {
  const week = nightly("2026-11-16", 7);
  const reasonsOf = (snapshots: readonly PlannedSnapshot[], now = NOW) =>
    planRetention(snapshots, policy({ keepYearly: 1 }), now).keep.map(({ snapshot, reasons }) => [
      short(snapshot),
      ...reasons.filter(({ rule }) => rule !== "yearly").map(({ rule, text }) => `${rule}: ${text}`),
    ]);

  it("are the newest, and the newest clean one where the newest has warnings", () => {
    expect(reasonsOf(week)).toEqual([["2026-11-22T02:15", "newest: the newest"]]);
    expect(reasonsOf([...week, taken("2026-11-23T02:15!"), taken("2026-11-23T04:15!")])).toEqual([
      ["2026-11-23T04:15!", "newest: the newest"],
      ["2026-11-22T02:15", "newest-clean: the newest without warnings"],
    ]);
    expect(reasonsOf([taken("2026-11-23T02:15!"), taken("2026-11-22T02:15!")])).toEqual([
      ["2026-11-23T02:15!", "newest: the newest"],
    ]);
  });

  it("are the newest that a wrong clock has not put into the future, beside the one that it has", () => {
    expect(reasonsOf([...week, taken("2036-11-22T02:15")])).toEqual([
      ["2036-11-22T02:15", "newest: the newest"],
      ["2026-11-22T02:15", "newest: the newest that is not in the future"],
    ]);
    expect(
      reasonsOf([...week, taken("2026-11-23T02:15!"), taken("2036-11-22T02:15!"), taken("2037-01-01T00:00")]),
    ).toEqual([
      ["2037-01-01T00:00", "newest: the newest"],
      ["2026-11-23T02:15!", "newest: the newest that is not in the future"],
      ["2026-11-22T02:15", "newest-clean: the newest without warnings that is not in the future"],
    ]);
  });

  it.each([
    ["for ever", null, "ada", "before the migration", "pinned by ada: before the migration"],
    ["for a while", "2027-01-01", "ada", "quarter's end", "pinned by ada until 2027-01-01: quarter's end"],
    ["until a time of day", "2026-11-23T12:01", null, "x", "pinned until 2026-11-23 12:01: x"],
    ["by nobody known, for no reason", null, null, "", "pinned"],
    ["in words that would move a terminal", null, "a\u001bb", "c\nd", "pinned by a\\x1bb: c\\x0ad"],
  ])("are those pinned %s", (_, until, by, reason, text) => {
    const pin = { by, reason, until: until === null ? null : at(until) };
    const [first, ...others] = week;
    expect(kept([{ ...(first as PlannedSnapshot), pin }, ...others], { keepLast: 1 })).toEqual([
      "2026-11-22T02:15 | last 1 of 1",
      `2026-11-16T02:15 | ${text}`,
    ]);
  });

  it("says until when a pin holds as the policy's time zone shows it", () => {
    const pin = { by: "ada", reason: "audit", until: at("2026-12-31T23:00") };
    expect(kept([taken("2026-11-01", { pin })], { keepLast: 1, timeZone: "Europe/Amsterdam" })).toEqual([
      "2026-11-01T00:00 | last 1 of 1 | pinned by ada until 2027-01-01: audit",
    ]);
  });

  it.each(["2026-11-23T12:00", "2026-11-23T11:59", "2020-01-01"])("is no pin that ended at %s", (until) => {
    const pin = { by: "ada", reason: "audit", until: at(until) };
    expect(kept([taken("2026-11-01", { pin }), ...week], { keepLast: 1 })).toHaveLength(1);
  });

  it("are those that a restore or a check reads just now, with who does", () => {
    const heldBy = new Map([
      [nameOf(at("2026-11-16T02:15")), "restore 17 reads it"],
      ["20260101T000000Z-manual-000000", "long gone"],
    ]);
    expect(kept(week, { keepLast: 1 }, { heldBy })).toEqual([
      "2026-11-22T02:15 | last 1 of 1",
      "2026-11-16T02:15 | restore 17 reads it",
    ]);
  });
});
