// What is kept of random histories by random policies: against the rules said plainly, and what must hold of any plan.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PlannedSnapshot, planRetention } from "../../../src/domain/retention.ts";
import { isEmptyPolicy, type RetentionPolicy } from "../../../src/domain/retention-policy.ts";
import { zoneAndInstant } from "../../support/any-cron.ts";
import { rulesKeeping } from "../../support/retention-oracle.ts";

/** How many random cases each of these tries; the long version is `SOAK_ROUNDS=20000`. */
const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 200);
const TIMEOUT_MS = 20_000 + ROUNDS * 100;
const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

interface Situation {
  readonly snapshots: readonly PlannedSnapshot[];
  readonly policy: RetentionPolicy;
  readonly now: Date;
  readonly heldBy: ReadonlyMap<string, string>;
}

const count = fc.oneof(fc.constantFrom(null, 0), fc.integer({ min: 1, max: 12 }));
const withinSeconds = fc.constantFrom(null, 0, 1, 3600, 36 * 3600, 7 * 86_400, 400 * 86_400);
const rules = fc
  .record({
    ...{ keepLast: count, keepHourly: count, keepDaily: count, keepWeekly: count },
    ...{ keepMonthly: count, keepYearly: count, keepWithinSeconds: withinSeconds },
  })
  .filter((given) => !isEmptyPolicy({ ...given, timeZone: "UTC" }));

/** Mostly steps of one size, so that periods fill; whole ones land on the same second. */
const step = fc.oneof(
  fc.constantFrom(0, 1, SECOND, HOUR, DAY, 7 * DAY, 30 * DAY, 36 * HOUR, HOUR / 2),
  fc.integer({ min: 0, max: 3 * HOUR }),
  fc.integer({ min: 0, max: 3 * DAY }),
  fc.integer({ min: 0, max: 90 * DAY }),
);
const steps = fc.oneof(
  fc.array(step, { maxLength: 40 }),
  fc.tuple(step, fc.integer({ min: 0, max: 40 })).map(([one, times]) => new Array<number>(times).fill(one)),
);

const situation: fc.Arbitrary<Situation> = fc
  .tuple(zoneAndInstant, steps, rules, fc.integer({ min: -3 * DAY, max: 3 * DAY }))
  .chain(([{ timeZone, instant }, gaps, given, away]) => {
    const starts = [instant];
    // To both sides of the change of clocks that `zoneAndInstant` likes to give.
    for (const [index, gap] of gaps.entries())
      starts.push(index % 3 === 0 ? Math.max(...starts) + gap : Math.min(...starts) - gap);
    const until = fc.constantFrom(null, new Date(instant + away - 1), new Date(instant + away));
    const pin = fc.option(fc.record({ reason: fc.string(), by: fc.option(fc.string()), until }), { freq: 2 });
    const snapshots = starts.map((start, index) =>
      fc.record({
        name: fc.constant(`${index * 7 + 10}-${start}`),
        startedAt: fc.constant(new Date(start)),
        status: fc.constantFrom("succeeded", "succeeded", "warning"),
        state: fc.constantFrom("complete", "complete", "complete", "complete", "removing", "missing"),
        pin: fc.oneof({ arbitrary: fc.constant(null), weight: 9 }, pin),
        isHeld: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
      } as const),
    );
    const now = fc.constantFrom(
      new Date(instant + away),
      new Date(Math.max(...starts)),
      new Date(Math.min(...starts) - 1),
      new Date(Math.max(...starts) + 400 * DAY),
    );
    return fc.tuple(fc.tuple(...snapshots), now).map(([all, at]) => ({
      snapshots: all,
      policy: { ...given, timeZone },
      now: at,
      heldBy: new Map(all.filter(({ isHeld }) => isHeld).map(({ name }) => [name, "restore 7"])),
    }));
  });

const planOf = ({ snapshots, policy, now, heldBy }: Situation) =>
  planRetention(snapshots, policy, now, heldBy);
const namesOf = (snapshots: readonly PlannedSnapshot[]) => snapshots.map(({ name }) => name);
const keptNames = (given: Situation) => namesOf(planOf(given).keep.map(({ snapshot }) => snapshot));

const always = (holds: (given: Situation) => void) =>
  fc.assert(fc.property(situation, holds), { numRuns: ROUNDS });

describe("a plan", () => {
  it(
    "keeps by the rules that keep it when each snapshot is compared with all others",
    () => {
      always((given) => {
        const plan = planOf(given);
        const planned = new Map<string, string[]>(plan.remove.map(({ name }) => [name, []]));
        for (const { snapshot, reasons } of plan.keep)
          planned.set(snapshot.name, reasons.map(({ rule }) => rule).sort());
        const expected = rulesKeeping(given.snapshots, given.policy, given.now, given.heldBy);
        expect(Object.fromEntries(planned)).toEqual(Object.fromEntries(expected));
      });
    },
    TIMEOUT_MS,
  );

  it(
    "names every complete snapshot once, newest first, with printable reasons, and no other",
    () => {
      always((given) => {
        const { keep, remove } = planOf(given);
        const kept = keep.map(({ snapshot }) => snapshot);
        const complete = given.snapshots.filter(({ state }) => state === "complete");
        expect(namesOf([...kept, ...remove]).sort()).toEqual(namesOf(complete).sort());
        for (const list of [kept, remove]) {
          const sorted = [...list].sort((a, b) => (a.name < b.name ? 1 : -1));
          sorted.sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
          expect(namesOf(list)).toEqual(namesOf(sorted));
        }
        for (const { reasons } of keep) {
          expect(reasons.length).toBeGreaterThan(0);
          for (const { text } of reasons) expect(text).toMatch(/^[^\p{Cc}\p{Cf}]+$/u);
        }
      });
    },
    TIMEOUT_MS,
  );

  it(
    "does not depend on the order in which it is given the snapshots, and leaves that alone",
    () => {
      always((given) => {
        const before = namesOf(given.snapshots);
        const plan = planOf(given);
        expect(namesOf(given.snapshots)).toEqual(before);
        expect(planOf({ ...given, snapshots: [...given.snapshots].reverse() })).toEqual(plan);
      });
    },
    TIMEOUT_MS,
  );

  it(
    "removes nothing more when it is made again after it was carried out",
    () => {
      always((given) => {
        const snapshots = planOf(given).keep.map(({ snapshot }) => snapshot);
        expect(planOf({ ...given, snapshots }).remove).toEqual([]);
      });
    },
    TIMEOUT_MS,
  );

  it(
    "keeps all that it kept, and perhaps more, when a rule wants more",
    () => {
      const names = [
        "keepLast",
        "keepHourly",
        "keepDaily",
        "keepWeekly",
        "keepMonthly",
        "keepYearly",
      ] as const;
      const more = fc.tuple(
        fc.constantFrom(...names, "keepWithinSeconds" as const),
        fc.integer({ min: 1, max: 9 }),
      );
      fc.assert(
        fc.property(situation, more, (given, [rule, extra]) => {
          const policy = { ...given.policy, [rule]: (given.policy[rule] ?? 0) + extra };
          expect(keptNames({ ...given, policy })).toEqual(expect.arrayContaining(keptNames(given)));
        }),
        { numRuns: ROUNDS },
      );
    },
    TIMEOUT_MS,
  );
});
