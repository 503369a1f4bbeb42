// The scheduler: turns due times into queued runs, each exactly once, however many schedulers there are.
import { effectiveSettings } from "../domain/effective-settings.ts";
import type { Host } from "../domain/host.ts";
import { asProblem, type Problem } from "../domain/problem.ts";
import { PLAIN_RUN } from "../domain/run.ts";
import { firstWaiting, jitterMs, nextDue, planDue, previousDue, type Schedule } from "../domain/schedule.ts";
import { listHosts } from "../store/hosts.ts";
import { hasRunFor, listSchedules, moveSchedule, openBackups, queueDueRun } from "../store/schedules.ts";
import { findSite } from "../store/site.ts";
import { newestSuccesses } from "../store/snapshots.ts";
import { lookout } from "./alerts/lookout.ts";
import type { App } from "./app.ts";
import { ownProcess } from "./own-process.ts";
import { presence } from "./presence.ts";
import { whenOver } from "./rounds.ts";

/** What came of a due time. `skippedFor`: the open run of the host that made another one needless. */
export interface DueOutcome {
  readonly schedule: Schedule;
  readonly dueAt: Date;
  readonly runId: number | null;
  readonly skippedFor: number | null;
}

export interface DueRound {
  readonly outcomes: readonly DueOutcome[];
  /** When the earliest schedule is due next; null when none is. */
  readonly nextDueAt: Date | null;
  /** What was wrong with the first schedule that could not be dealt with; the others were. */
  readonly failure: unknown;
}

/** How far the clocks of two schedulers may be apart. One that is off by more has jumped, and what it did is put right. */
const CLOCKS_APART_MS = 5 * 60_000;

/** Queues what is due now, and says when the next round should be. `now` is asked once. */
export async function queueDue(app: App): Promise<DueRound> {
  const now = app.clock();
  const schedules = (await listSchedules(app.db)).filter((schedule) => schedule.enabled);
  if (schedules.length === 0) return { outcomes: [], nextDueAt: null, failure: null };
  const hosts = new Map((await listHosts(app.db)).map((host) => [host.id, host]));
  const global = (await findSite(app))?.settings ?? {};
  const open = await openBackups(app.db);
  const due = schedules.filter(({ nextDueAt }) => nextDueAt !== null && nextDueAt <= now);
  const successes = await newestSuccesses(app.db, [...new Set(due.map(({ hostId }) => hostId))]);
  const outcomes: DueOutcome[] = [];
  const failures: unknown[] = [];
  let nextDueAt: Date | null = null;
  for (const schedule of schedules) {
    const host = hosts.get(schedule.hostId);
    if (host === undefined) continue;
    const timeZone = schedule.timeZone ?? effectiveSettings(global, host.settings).values.timeZone;
    const timing = { cron: schedule.cron, timeZone };
    try {
      const known = { open: open.get(host.id), success: successes.get(host.id) ?? null, now };
      const outcome = await pass(app, schedule, host, timing, known);
      if (outcome !== null) outcomes.push(outcome);
      if (outcome?.runId != null) open.set(host.id, outcome.runId);
      const next = nextDue(timing, now);
      if (next !== null && (nextDueAt === null || next < nextDueAt)) nextDueAt = next;
    } catch (error) {
      // One that cannot be read, such as a time zone that this server does not know, must not stop all others.
      failures.push(error);
    }
  }
  return { outcomes, nextDueAt, failure: failures[0] ?? null };
}

type Timing = { readonly cron: string; readonly timeZone: string };

/** What is known of the host. */
interface Known {
  /** An open backup of it. */
  readonly open: number | undefined;
  /** When its newest snapshot was finished. */
  readonly success: Date | null;
  readonly now: Date;
}

/** Looks at one schedule. Null: nothing was due, or another scheduler was first. */
async function pass(
  app: App,
  schedule: Schedule,
  host: Host,
  timing: Timing,
  { open, success, now }: Known,
): Promise<DueOutcome | null> {
  const { nextDueAt } = schedule;
  if (nextDueAt === null || (nextDueAt > now && (await isWrong(app, schedule, timing, now)))) {
    await moveSchedule(app.db, schedule, { nextDueAt: nextDue(timing, now) });
    return null;
  }
  const due = planDue(timing, nextDueAt, now);
  if (due === null) return null;
  const { dueAt } = due;
  const waitingSince = firstWaiting(timing, { ...schedule, nextDueAt }, dueAt, success);
  const stand = { nextDueAt: due.nextDueAt, lastDueAt: dueAt, lastSkip: null, waitingSince };
  // A host that is switched off misses its due times; nothing is made up for when it comes back.
  if (!host.enabled) {
    await moveSchedule(app.db, schedule, { nextDueAt: due.nextDueAt });
    return null;
  }
  if (open !== undefined) {
    const moved = await moveSchedule(app.db, schedule, { ...stand, lastSkip: { dueAt, runId: open } });
    return moved ? { schedule, dueAt, runId: null, skippedFor: open } : null;
  }
  const run = {
    hostId: host.id,
    kind: "backup",
    trigger: "scheduled",
    requestedBy: null,
    options: { ...PLAIN_RUN, prune: schedule.prune, maxDelete: schedule.maxDelete },
    scheduleId: schedule.id,
    dueAt,
    availableAt: new Date(dueAt.getTime() + jitterMs(schedule.id, dueAt, schedule.jitterSeconds)),
  } as const;
  const runId = await queueDueRun(app.db, schedule, run, stand, now);
  return runId === null ? null : { schedule, dueAt, runId, skippedFor: null };
}

/**
 * Whether the stored due time can't be right: it is none under these settings (the time zone was changed), or an earlier
 * one is ahead that nobody has queued (the clock had jumped into the future, and came back).
 */
async function isWrong(app: App, schedule: Schedule, timing: Timing, now: Date): Promise<boolean> {
  const { nextDueAt } = schedule;
  if (nextDueAt === null) return true;
  const next = nextDue(timing, now);
  if (next === null || next.getTime() === nextDueAt.getTime()) return false;
  if (next < nextDueAt)
    return !isSkipped(schedule, next, now) && !(await hasRunFor(app.db, schedule.id, next));
  return previousDue(timing, nextDueAt)?.getTime() !== nextDueAt.getTime();
}

/** Whether a due time has just been skipped by a scheduler whose clock is a little ahead of ours. */
const isSkipped = ({ lastSkip }: Schedule, dueAt: Date, now: Date): boolean =>
  lastSkip?.dueAt.getTime() === dueAt.getTime() && dueAt.getTime() - now.getTime() < CLOCKS_APART_MS;

/** What a scheduler tells whoever started it. */
export interface ScheduleObserver {
  readonly onDue: (outcome: DueOutcome) => void;
  /** Something that keeps it from working, once a spell: it goes on trying. */
  readonly onTrouble: (problem: Problem) => void;
  readonly onRecovery: () => void;
}

export interface SchedulerOptions {
  readonly loop: boolean;
  /** The longest time between two rounds; a due time that comes earlier ends the wait. */
  readonly intervalMs: number;
  readonly stop: AbortSignal;
  readonly observer: ScheduleObserver;
}

/** Queues what is due: once, or until `stop`. Returns how many runs it queued. */
export async function runScheduler(app: App, options: SchedulerOptions): Promise<number> {
  const { loop, intervalMs, stop, observer } = options;
  const own = ownProcess(app);
  const here = presence(app, own, "scheduler", 0);
  const out = lookout(app, own.workerId, observer.onTrouble);
  let queued = 0;
  let trouble = false;
  try {
    for (;;) {
      let wait = intervalMs;
      try {
        if (loop) await here.sayAlive();
        if (loop) out.look();
        const { outcomes, nextDueAt, failure } = await queueDue(app);
        for (const outcome of outcomes) observer.onDue(outcome);
        queued += outcomes.filter(({ runId }) => runId !== null).length;
        if (failure !== null) throw failure;
        if (trouble) observer.onRecovery();
        trouble = false;
        if (nextDueAt !== null)
          wait = Math.max(0, Math.min(wait, nextDueAt.getTime() - app.clock().getTime()));
      } catch (error) {
        if (!loop) throw error;
        if (!trouble) observer.onTrouble(asProblem(error));
        trouble = true;
      }
      if (!loop || stop.aborted) return queued;
      await whenOver(wait, stop);
      if (stop.aborted) return queued;
    }
  } finally {
    await out.end();
    if (loop) await here.sayGone();
  }
}
