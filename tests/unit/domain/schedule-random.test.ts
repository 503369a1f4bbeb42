// Due times of random expressions in random zones, against a walk through every minute; and a scheduler's clock that jumps.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCron } from "../../../src/domain/cron.ts";
import { asProblem } from "../../../src/domain/problem.ts";
import { dueTimes, nextDue, planDue, previousDue } from "../../../src/domain/schedule.ts";
import { anyCron, frequentCron, zoneAndInstant } from "../../support/any-cron.ts";
import { duesByWalking, type KnownCron, localOf } from "../../support/cron-oracle.ts";

/** How many random cases each of these tries; the long version is `SOAK_ROUNDS=20000`. */
const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 60);
const TIMEOUT_MS = 20_000 + ROUNDS * 500;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const isos = (times: readonly (number | Date)[]): string[] =>
  times.map((time) => new Date(time).toISOString());

/** Those that come due at all; the others are refused, and nobody asks when they are due. */
function comesDue(cron: KnownCron): boolean {
  try {
    parseCron(cron.text);
    return true;
  } catch (error) {
    expect(asProblem(error).message).toMatch(/never comes due|is longer than/);
    return false;
  }
}

const cronDue = frequentCron.filter(comesDue);

describe("due times", () => {
  it(
    "are those of a walk through every minute, forwards and backwards, wherever one begins",
    () => {
      const starts = fc.array(fc.integer({ min: 0, max: 52 * HOUR }), { minLength: 1, maxLength: 12 });
      fc.assert(
        fc.property(cronDue, zoneAndInstant, starts, (cron, { timeZone, instant }, afters) => {
          const [from, to] = [instant - 26 * HOUR, instant + 26 * HOUR];
          const timing = { cron: cron.text, timeZone };
          const dues = duesByWalking(cron, timeZone, from, to);
          const few = dues.slice(0, 60);
          expect(isos(dueTimes(timing, new Date(from), few.length))).toEqual(isos(few));
          const near = dues.map((due) => due - from).filter((due) => Math.abs(due - 26 * HOUR) < 2 * HOUR);
          for (const after of [...afters, ...near.slice(0, 20), ...near.slice(0, 20).map((due) => due - 1)]) {
            const at = from + after;
            const next = nextDue(timing, new Date(at))?.getTime() ?? Number.POSITIVE_INFINITY;
            const expected = dues.find((due) => due > at);
            if (expected === undefined) expect(next).toBeGreaterThan(to);
            else expect(isos([next])).toEqual(isos([expected]));
            const previous = previousDue(timing, new Date(at))?.getTime() ?? Number.NEGATIVE_INFINITY;
            const before = dues.findLast((due) => due <= at);
            if (before === undefined) expect(previous).toBeLessThanOrEqual(from);
            else expect(isos([previous])).toEqual(isos([before]));
          }
        }),
        { numRuns: ROUNDS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    "are those of a walk through every day, over five years of random dates",
    () => {
      const years = fc.integer({ min: 1972, max: 2199 });
      fc.assert(
        fc.property(anyCron.filter(comesDue), years, (cron, year) => {
          // On one minute of the day, so that a day has one due time at most.
          const text = cron.text.replace(/^\S+ \S+/, "17 5");
          const timing = { cron: text, timeZone: "UTC" };
          const [from, to] = [Date.UTC(year, 0, 1), Date.UTC(year + 5, 0, 1)];
          const dues: number[] = [];
          for (let day = from; day < to; day += DAY)
            if (cron.matchesDay(localOf(day))) dues.push(day + 5 * HOUR + 17 * MINUTE);
          const found = dueTimes(timing, new Date(from), dues.length);
          expect(isos(found)).toEqual(isos(dues));
          const back: Date[] = [];
          for (let due = previousDue(timing, new Date(to - 1)); due !== null && due.getTime() >= from; ) {
            back.unshift(due);
            due = previousDue(timing, new Date(due.getTime() - 1));
          }
          expect(isos(back)).toEqual(isos(dues));
        }),
        { numRuns: ROUNDS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    "lie as nextDue and previousDue both say, in any year and zone",
    () => {
      const away = fc.integer({ min: -5 * DAY, max: 5 * DAY });
      fc.assert(
        fc.property(anyCron.filter(comesDue), zoneAndInstant, away, (cron, { timeZone, instant }, ms) => {
          const timing = { cron: cron.text, timeZone };
          const at = new Date(instant + ms);
          const next = nextDue(timing, at);
          const previous = previousDue(timing, at);
          if (next !== null) {
            expect(next.getTime()).toBeGreaterThan(at.getTime());
            expect(next.getTime() % MINUTE).toBe(0);
            expect(previousDue(timing, next)).toEqual(next);
            expect(previousDue(timing, new Date(next.getTime() - 1))?.getTime() ?? 0).toBeLessThanOrEqual(
              at.getTime(),
            );
          }
          if (previous !== null) {
            expect(previous.getTime()).toBeLessThanOrEqual(at.getTime());
            expect(nextDue(timing, previous)).toEqual(next);
            expect(nextDue(timing, new Date(previous.getTime() - 1))).toEqual(previous);
          }
        }),
        { numRuns: ROUNDS * 4 },
      );
    },
    TIMEOUT_MS,
  );
});

/** A scheduler: it plans at each of its instants, and carries on from what it planned. Returns what it queued. */
function schedulerRun(timing: { cron: string; timeZone: string }, start: number, steps: readonly number[]) {
  const queued: { due: number; now: number }[] = [];
  let now = start;
  let nextDueAt = nextDue(timing, new Date(start));
  for (const step of steps) {
    now += step;
    if (nextDueAt === null) break;
    const plan = planDue(timing, nextDueAt, new Date(now));
    if (plan === null) {
      expect(now).toBeLessThan(nextDueAt.getTime());
      continue;
    }
    expect(plan.dueAt.getTime()).toBeGreaterThanOrEqual(nextDueAt.getTime());
    expect(plan.nextDueAt?.getTime() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
    queued.push({ due: plan.dueAt.getTime(), now });
    nextDueAt = plan.nextDueAt;
  }
  return { queued, end: now };
}

describe("a scheduler", () => {
  it(
    "queues no due time twice and none too early, and after a gap the newest only, however its clock jumps",
    () => {
      const step = fc.oneof(
        fc.integer({ min: 0, max: 90 * SECOND }),
        fc.integer({ min: 0, max: 5 * HOUR }),
        fc.integer({ min: 0, max: 5 * DAY }),
        fc.constantFrom(MINUTE, HOUR, DAY, 400 * DAY, 9 * 365 * DAY),
      );
      const steps = fc.array(step, { minLength: 1, maxLength: 60 });
      fc.assert(
        fc.property(cronDue, zoneAndInstant, steps, (cron, { timeZone, instant }, jumps) => {
          const timing = { cron: cron.text, timeZone };
          let last = instant - DAY;
          for (const { due, now } of schedulerRun(timing, last, jumps).queued) {
            expect(due).toBeGreaterThan(last);
            expect(due).toBeLessThanOrEqual(now);
            expect(previousDue(timing, new Date(now))?.getTime() ?? due).toBe(due);
            last = due;
          }
        }),
        { numRuns: ROUNDS * 2 },
      );
    },
    TIMEOUT_MS,
  );

  it(
    "that looks every minute queues every due time of a walk exactly once",
    () => {
      const steps = fc.infiniteStream(fc.integer({ min: 1, max: MINUTE }));
      fc.assert(
        fc.property(cronDue, zoneAndInstant, steps, (cron, { timeZone, instant }, stream) => {
          const start = instant - 3 * HOUR;
          const jumps: number[] = [];
          for (let sum = 0; sum < 6 * HOUR; sum += jumps.at(-1) ?? 0) jumps.push(stream.next().value);
          const { queued, end } = schedulerRun({ cron: cron.text, timeZone }, start, jumps);
          const dues = duesByWalking(cron, timeZone, start, Math.floor(end / MINUTE) * MINUTE);
          expect(isos(queued.map(({ due }) => due))).toEqual(isos(dues));
        }),
        { numRuns: ROUNDS },
      );
    },
    TIMEOUT_MS,
  );
});
