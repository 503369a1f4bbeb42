// Why a host with nothing in the queue is not being backed up.
import { whenText } from "./instant-text.ts";
import { opensAt, type Windows } from "./timetable.ts";
import type { Waiting, WaitReason } from "./waiting.ts";

export interface IdleHostFacts {
  readonly now: Date;
  readonly host: string;
  readonly enabled: boolean;
  readonly schedules: readonly {
    readonly name: string;
    readonly enabled: boolean;
    readonly nextDueAt: Date | null;
    readonly lastDueAt: Date | null;
    readonly lastSkip: { readonly dueAt: Date; readonly runId: number } | null;
  }[];
  readonly hasScheduler: boolean;
  readonly windows: Windows;
}

/** One sentence for a host that nothing is queued for and that no backup is under way of. */
export function whyIdle(facts: IdleHostFacts): Waiting {
  const { host, now, windows } = facts;
  const at = (instant: Date): string => whenText(instant, now, windows.timeZone);
  const says = (reason: WaitReason, message: string, more: Partial<Waiting> = {}): Waiting => ({
    ...{ reason, message, until: null, estimate: null, run: null },
    ...more,
  });
  if (!facts.enabled) return says("host_disabled", `${host} is disabled, so nothing backs it up.`);
  if (facts.schedules.length === 0)
    return says("no_schedule", `${host} has no schedule, so it is backed up when somebody asks for it.`);
  const on = facts.schedules.filter(({ enabled }) => enabled);
  if (on.length === 0) return says("schedules_off", `Every schedule of ${host} is switched off.`);
  if (!facts.hasScheduler) return says("no_scheduler", "No scheduler is running, so nothing comes due.");
  const [next] = on
    .map(({ nextDueAt }) => nextDueAt)
    .filter((dueAt) => dueAt !== null)
    .sort((a, b) => a.getTime() - b.getTime());
  if (next === undefined) return says("due", `${host} is not due again: no schedule has a time ahead.`);
  const opens = opensAt(windows, next);
  const then =
    `due ${next <= now ? "now" : `at ${at(next)}`}` +
    (opens > next ? `; its window opens at ${at(opens)}` : "");
  const newest = on.reduce((a, b) => ((b.lastDueAt ?? new Date(0)) > (a.lastDueAt ?? new Date(0)) ? b : a));
  if (newest.lastSkip !== null)
    return says(
      "skipped",
      `Its last due time, ${at(newest.lastSkip.dueAt)}, was skipped, as run ${newest.lastSkip.runId} was still open. It is ${then}.`,
      { until: opens, run: newest.lastSkip.runId },
    );
  return says("due", `${host} is ${then}.`, { until: opens });
}
