// Alerts: conditions with a life. Seen, opened once its grace is over, well again, cleared; each at most once at a time.
import { BACKUP_KEY, type Condition, conditionKey, graceMs, wellMs } from "./condition.ts";
import type { Severity } from "./notification.ts";

/** What is told of an alert, and by whom it was taken note of. */
export interface Alert {
  readonly id: number;
  readonly key: string;
  readonly code: string;
  readonly hostId: number | null;
  readonly host: string | null;
  readonly node: string | null;
  readonly severity: Severity;
  readonly message: string;
  readonly hint: string;
  /** The run that shows it. */
  readonly run: number | null;
  /** Since when it holds, as far as that is known. */
  readonly since: Date | null;
  /** When it was first seen. */
  readonly seenAt: Date;
  /** When its grace was over; null before that: nobody is told yet. */
  readonly openedAt: Date | null;
  /** Since when it holds no more, while it is not yet believed. */
  readonly wellSince: Date | null;
  /** How often it came back shortly after it was well. */
  readonly flaps: number;
  readonly acknowledged: {
    readonly at: Date;
    readonly by: string | null;
    readonly reason: string | null;
  } | null;
  readonly clearedAt: Date | null;
}

/** What is bad about the site as a whole, holds at the moment and has outlived its grace. Hosts speak for themselves. */
export const badOfSite = (alerts: readonly Alert[]): string[] =>
  alerts
    .filter(
      ({ hostId, severity, openedAt, wellSince }) =>
        hostId === null && severity === "bad" && openedAt !== null && wellSince === null,
    )
    .map(({ message }) => message);

/** What an alert says; follows its condition as long as it holds. */
export type AlertFacts = Pick<Alert, "code" | "severity" | "message" | "hint" | "run" | "since">;

export interface AlertPlan {
  /** New ones, whose grace begins; with how often they came back lately. */
  readonly begin: readonly {
    readonly condition: Condition;
    readonly flaps: number;
    readonly opens: boolean;
  }[];
  /** Ids whose grace is over. */
  readonly open: readonly number[];
  /** What they say has changed. */
  readonly say: readonly { readonly id: number; readonly facts: AlertFacts }[];
  /** They were acknowledged, and have another cause now, which nobody has seen. */
  readonly unseen: readonly number[];
  /** They do not hold at the moment. */
  readonly well: readonly number[];
  /** They were well for a moment and hold again. */
  readonly back: readonly number[];
  /** They are over. */
  readonly clear: readonly number[];
  /** They were over before their grace was: nobody hears of them. */
  readonly forget: readonly number[];
  /** They were seen at a time that has not come yet: the clock was set back, and their waiting begins anew. */
  readonly restart: readonly number[];
}

export const factsOfCondition = ({ code, level, message, hint, run, since }: Condition): AlertFacts => ({
  ...{ code, severity: level, message, hint, run, since },
});

const isSame = (alert: Alert, facts: AlertFacts): boolean =>
  alert.code === facts.code &&
  alert.severity === facts.severity &&
  alert.message === facts.message &&
  alert.hint === facts.hint &&
  alert.run === facts.run;

/**
 * Whether something worse keeps anybody from seeing whether it still holds. Then it is not taken for over: warnings of a host's
 * newest good backup while that host has no good one any more, due times that passed while there is no scheduler, and that a disk
 * will be full while it is full already, or is not there.
 */
function isHidden({ code, severity, host, node }: Alert, holding: ReadonlyMap<string, Condition>): boolean {
  if (code === "schedule_overdue") return holding.has(conditionKey("nobody_works", "scheduler"));
  if (code === "disk_filling")
    return holding.values().some((other) => other.node === node && other.level === "bad");
  return severity === "warning" && host !== null && holding.has(conditionKey(BACKUP_KEY, host));
}

/** What a host says in turn that cannot be reached. */
const AWAY: ReadonlySet<string> = new Set([
  ...["host_unreachable", "connection_refused", "connection_lost", "no_progress"],
]);

/** Whether somebody who has seen it under one code has not seen it under the other. That a host is late follows from its failures. */
const isNewCause = (before: string, after: string): boolean =>
  before !== after && after !== "late" && !(AWAY.has(before) && AWAY.has(after));

/**
 * What becomes of the alerts that are not cleared, when these conditions hold.
 *
 * @param lately of keys whose alert was cleared not long ago, how often they have come back
 */
export function planAlerts(
  alerts: readonly Alert[],
  conditions: readonly Condition[],
  now: Date,
  lately: ReadonlyMap<string, number> = new Map(),
): AlertPlan {
  const holding = new Map(conditions.map((condition) => [condition.key, condition]));
  const known = new Set(alerts.map(({ key }) => key));
  const plan = {
    begin: [...holding.values()]
      .filter(({ key }) => !known.has(key))
      .map((condition) => ({
        condition,
        flaps: lately.has(condition.key) ? (lately.get(condition.key) ?? 0) + 1 : 0,
        opens: graceMs(condition.code) === 0,
      })),
    ...{ open: [] as number[], say: [] as { id: number; facts: AlertFacts }[], well: [] as number[] },
    ...{ back: [] as number[], clear: [] as number[], forget: [] as number[], restart: [] as number[] },
    unseen: [] as number[],
  };
  const passed = (since: Date): number => now.getTime() - since.getTime();
  for (const alert of alerts) {
    const condition = holding.get(alert.key);
    const { id, wellSince } = alert;
    if (condition !== undefined) {
      const facts = factsOfCondition(condition);
      if (!isSame(alert, facts)) plan.say.push({ id, facts });
      if (alert.acknowledged !== null && isNewCause(alert.code, facts.code)) plan.unseen.push(id);
      if (wellSince !== null) plan.back.push(id);
      if (alert.openedAt !== null) continue;
      if (passed(alert.seenAt) < 0) plan.restart.push(id);
      else if (passed(alert.seenAt) >= graceMs(condition.code)) plan.open.push(id);
    } else if (isHidden(alert, holding)) continue;
    else if (alert.openedAt === null) plan.forget.push(id);
    else if (wellSince === null) plan.well.push(id);
    else if (passed(wellSince) < 0) plan.restart.push(id);
    else if (passed(wellSince) >= wellMs(alert.flaps)) plan.clear.push(id);
  }
  return plan;
}
