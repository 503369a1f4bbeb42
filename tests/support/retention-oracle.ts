// Which snapshots a policy keeps and by which rules, said the slow and plain way: each one compared with all others.
import type { KeepRule, PlannedSnapshot } from "../../src/domain/retention.ts";
import type { RetentionPolicy } from "../../src/domain/retention-policy.ts";

const DAY_MS = 86_400_000;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** "2026-11-22 14:05", as a wall of the zone shows it. */
function wallText(timeZone: string, instant: Date): string {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    // Swedish dates are written year, month, day.
    clock = new Intl.DateTimeFormat("sv-SE", {
      ...{ timeZone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit" },
      ...{ hour: "2-digit", minute: "2-digit" },
    });
    clocks.set(timeZone, clock);
  }
  return clock.format(instant);
}

/** "2026-W53": walks to the week's Thursday, and counts the Thursdays of that year up to it. */
function isoWeek(day: string): string {
  const date = new Date(`${day}T00:00Z`);
  const weekday = date.getUTCDay() === 0 ? 7 : date.getUTCDay();
  let thursday = new Date(date.getTime() + (4 - weekday) * DAY_MS);
  const year = thursday.getUTCFullYear();
  let week = 0;
  for (; thursday.getUTCFullYear() === year; thursday = new Date(thursday.getTime() - 7 * DAY_MS)) week++;
  return `${year}-W${String(week).padStart(2, "0")}`;
}

type Labelled = readonly [rule: KeepRule, wanted: number | null, label: (wall: string) => string];

const labelled = (policy: RetentionPolicy): readonly Labelled[] => [
  ["hourly", policy.keepHourly, (wall) => wall.slice(0, 13)],
  ["daily", policy.keepDaily, (wall) => wall.slice(0, 10)],
  ["weekly", policy.keepWeekly, (wall) => isoWeek(wall.slice(0, 10))],
  ["monthly", policy.keepMonthly, (wall) => wall.slice(0, 7)],
  ["yearly", policy.keepYearly, (wall) => wall.slice(0, 4)],
];

const isNewer = (a: PlannedSnapshot, b: PlannedSnapshot): boolean =>
  a.startedAt > b.startedAt || (a.startedAt.getTime() === b.startedAt.getTime() && a.name > b.name);

/** Of two in one period: the clean one, and of two alike the newer. */
const isBetter = (a: PlannedSnapshot, b: PlannedSnapshot): boolean =>
  a.status === b.status ? isNewer(a, b) : a.status === "succeeded";

/** The rules that keep each complete snapshot, sorted by name; none for one that goes. */
export function rulesKeeping(
  snapshots: readonly PlannedSnapshot[],
  policy: RetentionPolicy,
  now: Date,
  heldBy: ReadonlyMap<string, string>,
): Map<string, KeepRule[]> {
  const complete = snapshots.filter(({ state }) => state === "complete");
  const walls = new Map(complete.map((one) => [one, wallText(policy.timeZone, one.startedAt)]));
  const tables = labelled(policy).map(([rule, wanted, label]) => {
    const labels = new Map(complete.map((one) => [one, label(walls.get(one) ?? "")]));
    return { rule, wanted: wanted ?? 0, labels, different: [...new Set(labels.values())] };
  });

  const isKeptBy = (one: PlannedSnapshot): KeepRule[] => {
    const rules: KeepRule[] = [];
    const isOldest = !complete.some((other) => isNewer(one, other));
    if (complete.filter((other) => isNewer(other, one)).length < (policy.keepLast ?? 0)) rules.push("last");
    for (const { rule, wanted, labels, different } of tables) {
      const mine = labels.get(one) ?? "";
      const isBest = !complete.some((other) => labels.get(other) === mine && isBetter(other, one));
      const later = different.filter((label) => label > mine).length;
      if ((isBest && later < wanted) || (isOldest && different.length < wanted)) rules.push(rule);
    }
    const within = policy.keepWithinSeconds ?? 0;
    const isTooOld = complete.some(
      (other) =>
        other.startedAt <= now && other.startedAt.getTime() - one.startedAt.getTime() >= within * 1000,
    );
    if (within > 0 && !isTooOld) rules.push("within");
    const groups = [complete, complete.filter((other) => other.startedAt <= now)].filter((group) =>
      group.includes(one),
    );
    const isNewestOf = (group: readonly PlannedSnapshot[]) => !group.some((other) => isNewer(other, one));
    if (groups.some(isNewestOf)) rules.push("newest");
    const clean = groups.map((group) => group.filter(({ status }) => status === "succeeded"));
    if (
      one.status === "succeeded" &&
      groups.some((group, index) => !isNewestOf(group) && isNewestOf(clean[index] ?? []))
    )
      rules.push("newest-clean");
    if (one.pin !== null && (one.pin.until === null || one.pin.until.getTime() > now.getTime()))
      rules.push("pinned");
    if (heldBy.has(one.name)) rules.push("held");
    return rules.sort();
  };

  return new Map(complete.map((one) => [one.name, isKeptBy(one)]));
}
