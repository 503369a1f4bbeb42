// Retention policies: how many snapshots of which periods a host keeps.
import { Problem } from "./problem.ts";
import { durationText } from "./quantity.ts";
import type { Settings } from "./settings.ts";

/** Null and 0 both mean that a rule is off; a snapshot that any rule keeps is kept. */
export interface RetentionPolicy {
  readonly keepLast: number | null;
  readonly keepHourly: number | null;
  readonly keepDaily: number | null;
  readonly keepWeekly: number | null;
  readonly keepMonthly: number | null;
  readonly keepYearly: number | null;
  /** Everything that is younger than the newest snapshot by less than this. */
  readonly keepWithinSeconds: number | null;
  /** Whose calendar says which hour, day, week, month and year a snapshot is of. */
  readonly timeZone: string;
}

export const COUNTED_RULES = ["last", "hourly", "daily", "weekly", "monthly", "yearly"] as const;
/** A rule that keeps one snapshot of each of so many periods; for `last` every snapshot is one. */
export type CountedRule = (typeof COUNTED_RULES)[number];

/** How many periods a rule wants; 0 when it is off. */
export function wantedBy(policy: RetentionPolicy, rule: CountedRule): number {
  const { keepLast, keepHourly, keepDaily, keepWeekly, keepMonthly, keepYearly } = policy;
  const counts: Record<CountedRule, number | null> = {
    ...{ last: keepLast, hourly: keepHourly, daily: keepDaily },
    ...{ weekly: keepWeekly, monthly: keepMonthly, yearly: keepYearly },
  };
  return counts[rule] ?? 0;
}

/** The policy in a host's effective settings. */
export const policyOf = (settings: Settings): RetentionPolicy => ({
  keepLast: settings.keepLast,
  keepHourly: settings.keepHourly,
  keepDaily: settings.keepDaily,
  keepWeekly: settings.keepWeekly,
  keepMonthly: settings.keepMonthly,
  keepYearly: settings.keepYearly,
  keepWithinSeconds: settings.keepWithinSeconds,
  timeZone: settings.timeZone,
});

/** Whether no rule is on. Nobody means "remove all but the newest" by that. */
export const isEmptyPolicy = (policy: RetentionPolicy): boolean =>
  COUNTED_RULES.every((rule) => wantedBy(policy, rule) === 0) && (policy.keepWithinSeconds ?? 0) === 0;

/** The policy, refused with `no_policy` when it is empty. */
export function requirePolicy(policy: RetentionPolicy, host: string): RetentionPolicy {
  if (isEmptyPolicy(policy))
    throw new Problem("no_policy", `Nothing says how many snapshots of ${host} are to be kept.`);
  return policy;
}

/** "the last 3, 7 daily, 4 weekly, all within 30d, in Europe/Amsterdam"; "nothing" when no rule is on. */
export function policyText(policy: RetentionPolicy): string {
  if (isEmptyPolicy(policy)) return "nothing";
  const parts = COUNTED_RULES.filter((rule) => wantedBy(policy, rule) > 0).map((rule) =>
    rule === "last" ? `the last ${wantedBy(policy, rule)}` : `${wantedBy(policy, rule)} ${rule}`,
  );
  const withinSeconds = policy.keepWithinSeconds ?? 0;
  if (withinSeconds > 0) parts.push(`all within ${durationText(withinSeconds)}`);
  return `${parts.join(", ")}, in ${policy.timeZone}`;
}
