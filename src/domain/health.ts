// Health of a host: derived, never stored.
import type { Run } from "./run.ts";
import { opensAt, type Windows } from "./timetable.ts";

export const HEALTHS = ["failing", "never", "late", "fresh", "disabled"] as const;
/** Worst first: failing, never backed up, late, fresh; disabled hosts are nobody's worry. */
export type Health = (typeof HEALTHS)[number];

const HOUR_MS = 3_600_000;
/** Without a schedule that says otherwise, a backup older than this is late. */
export const LATE_AFTER_MS = 48 * HOUR_MS;
/** How long after its due time a backup may take before it is missed. */
const GRACE_MS = 12 * HOUR_MS;

export interface HealthFacts {
  readonly enabled: boolean;
  /** When the newest good snapshot was finished. */
  readonly lastSuccessAt: Date | null;
  /** The newest finished backup run. */
  readonly lastBackup: Pick<Run, "status"> | null;
  /** Of its schedules that are switched on: where each stands. */
  readonly schedules: readonly DueFacts[];
}

export interface DueFacts {
  /** The first due time after its host's last success, where it is known that one has passed; null or left out: it is not. */
  readonly firstDueAt?: Date | null;
  /** The newest due time that was queued or skipped. */
  readonly lastDueAt: Date | null;
  readonly nextDueAt: Date | null;
  /** The windows of its host; null or left out: it may be backed up at any time. */
  readonly windows?: Windows | null;
}

/** The rules of health: what each comes to, and in words why. */
const RULES = {
  switched_off: { health: "disabled", words: "It is switched off." },
  newest_failed: { health: "failing", words: "Its newest backup failed." },
  first_failed: { health: "never", words: "No backup of it has succeeded yet, and the newest one failed." },
  none_yet: { health: "never", words: "No backup of it has succeeded yet." },
  due_missed: {
    health: "late",
    words: "A due time passed more than 12 hours ago, and no good backup came after it.",
  },
  too_old: {
    health: "late",
    words: "No schedule is on, and its newest good backup is older than 48 hours.",
  },
  due_kept: {
    health: "fresh",
    words: "No due time has passed for more than 12 hours without a good backup after it.",
  },
  recent: {
    health: "fresh",
    words: "No schedule is on, and its newest good backup is younger than 48 hours.",
  },
} as const satisfies Record<string, { readonly health: Health; readonly words: string }>;

/** The rule that decided about a host. */
export type HealthRule = keyof typeof RULES;

export const healthRuleWords = (rule: HealthRule): string => RULES[rule].words;
export const healthBy = (rule: HealthRule): Health => RULES[rule].health;

export const healthOf = (facts: HealthFacts, now: Date): Health => healthBy(healthRuleOf(facts, now));

export function healthRuleOf(facts: HealthFacts, now: Date): HealthRule {
  const { enabled, lastBackup, lastSuccessAt, schedules } = facts;
  if (!enabled) return "switched_off";
  if (lastBackup?.status === "failed") return lastSuccessAt === null ? "first_failed" : "newest_failed";
  if (lastSuccessAt === null) return "none_yet";
  const isLate = lateSince(lastSuccessAt, schedules, now) !== null;
  if (schedules.length === 0) return isLate ? "too_old" : "recent";
  return isLate ? "due_missed" : "due_kept";
}

/**
 * Since when a host is late, null when it is not: a due time has passed for longer than the grace and no success came after
 * it, whether it was queued or not.
 */
export function lateSince(lastSuccessAt: Date, schedules: readonly DueFacts[], now: Date): Date | null {
  if (schedules.length === 0) {
    const since = lastSuccessAt.getTime() + LATE_AFTER_MS;
    return since < now.getTime() ? new Date(since) : null;
  }
  const isMissed = (dueAt: Date | null, windows: Windows | null): boolean => {
    if (dueAt === null || dueAt.getTime() + GRACE_MS >= now.getTime() || lastSuccessAt >= dueAt) return false;
    // One that waits for its window has until then, and the grace.
    return windows === null || opensAt(windows, dueAt).getTime() + GRACE_MS < now.getTime();
  };
  return schedules
    .flatMap(({ firstDueAt = null, lastDueAt, nextDueAt, windows = null }) =>
      [firstDueAt, lastDueAt, nextDueAt].filter((dueAt) => isMissed(dueAt, windows)),
    )
    .reduce<Date | null>(
      (first, dueAt) => (first === null || (dueAt ?? first) < first ? dueAt : first),
      null,
    );
}

/** The earliest due time ahead, or null. */
export const earliestDue = (schedules: readonly DueFacts[]): Date | null =>
  schedules.reduce<Date | null>(
    (earliest, { nextDueAt }) =>
      nextDueAt !== null && (earliest === null || nextDueAt < earliest) ? nextDueAt : earliest,
    null,
  );
