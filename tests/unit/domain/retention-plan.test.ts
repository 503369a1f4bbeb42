// A plan as a whole: what it lists, what it leaves alone, and what is left after years of plans.
import { describe, expect, it } from "vitest";
import { type PlannedSnapshot, planRetention } from "../../../src/domain/retention.ts";
import { at, kept, NOW, nameOf, nightly, policy, short, taken } from "../../support/taken-snapshots.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

describe("a plan", () => {
  it("of no snapshots is empty, and of one keeps it", () => {
    expect(planRetention([], policy({ keepDaily: 1 }), NOW)).toEqual({ keep: [], remove: [] });
    expect(kept([taken("2026-11-01")], { keepDaily: 2, keepLast: 1, keepWithinSeconds: 1 })).toEqual([
      "2026-11-01T00:00 | last 1 of 1 | daily 1 of 2, 2026-11-01 | within 1s of the newest",
    ]);
  });

  it("leaves alone what is not complete, and does not count it", () => {
    const others = (["removing", "removed", "missing"] as const).map((state, index) =>
      taken(`2026-11-2${index}T02:15`, { state, pin: { by: null, reason: "kept", until: null } }),
    );
    const plan = planRetention([...others, ...nightly("2026-11-01", 3)], policy({ keepLast: 2 }), NOW);
    expect(plan.keep.map(({ snapshot }) => short(snapshot))).toEqual([
      "2026-11-03T02:15",
      "2026-11-02T02:15",
    ]);
    expect(plan.remove.map(short)).toEqual(["2026-11-01T02:15"]);
  });

  it("lists newest first, and by name what began in the same instant", () => {
    const names = ["b", "c", "a"];
    const twins = names.map((name) => taken("2026-11-22T02:15", { name }));
    const plan = planRetention([taken("2026-11-01"), ...twins], policy({ keepLast: 1 }), NOW);
    expect(plan.keep.map(({ snapshot }) => snapshot.name)).toEqual(["c"]);
    expect(plan.remove.map(({ name }) => name)).toEqual(["b", "a", nameOf(at("2026-11-01"))]);
  });

  it("measures a duration from the newest that is not in the future, and then keeps those of the future too", () => {
    const snapshots = [...nightly("2026-11-20", 3), taken("2036-01-01")];
    expect(kept(snapshots, { keepWithinSeconds: 86_401 })).toHaveLength(3);
    const now = at("2020-01-01");
    expect(kept(snapshots, { keepWithinSeconds: 86_401 }, { now })).toHaveLength(4);
  });

  it("carried out every night for three years leaves what the policy says, and never less", () => {
    const rules = policy({ keepDaily: 7, keepWeekly: 4, keepMonthly: 12, timeZone: "Europe/Amsterdam" });
    let there: PlannedSnapshot[] = [];
    for (const snapshot of nightly("2024-01-01", 3 * 365)) {
      const plan = planRetention([...there, snapshot], rules, snapshot.startedAt);
      there = plan.keep.map((one) => one.snapshot);
      const reasons = plan.keep.flatMap((one) => one.reasons.map(({ rule }) => rule));
      const night = (snapshot.startedAt.getTime() - at("2024-01-01T02:15").getTime()) / DAY_MS;
      if (night >= 6) expect(reasons.filter((rule) => rule === "daily")).toHaveLength(7);
      if (night >= 27) expect(reasons.filter((rule) => rule === "weekly")).toHaveLength(4);
      if (night >= 366) expect(reasons.filter((rule) => rule === "monthly")).toHaveLength(12);
    }
    expect(there.map((one) => short(one).slice(0, 10))).toEqual([
      ...["2026-12-30", "2026-12-29", "2026-12-28", "2026-12-27", "2026-12-26", "2026-12-25", "2026-12-24"],
      ...["2026-12-20", "2026-12-13", "2026-11-30", "2026-10-31", "2026-09-30", "2026-08-31", "2026-07-31"],
      ...["2026-06-30", "2026-05-31", "2026-04-30", "2026-03-31", "2026-02-28", "2026-01-31"],
    ]);
  });

  it("of ten thousand snapshots under every rule is made within half a second", () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      taken(new Date(NOW.getTime() - index * 5 * HOUR_MS).toISOString().slice(0, 16)),
    );
    const all = { keepLast: 500, keepHourly: 2000, keepDaily: 3650, keepWeekly: 520, keepMonthly: 120 };
    const rules = policy({ ...all, keepYearly: 10, keepWithinSeconds: 86_400, timeZone: "Europe/Amsterdam" });
    // The best of three: other tests run at the same time.
    const times = [1, 2, 3].map(() => {
      const startedAt = performance.now();
      const { keep, remove } = planRetention(many, rules, NOW);
      expect(keep.length + remove.length).toBe(10_000);
      return performance.now() - startedAt;
    });
    expect(Math.min(...times)).toBeLessThan(500);
  });
});
