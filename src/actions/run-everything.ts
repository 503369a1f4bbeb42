// Scheduler and worker in one process. Should one of them fail for good, the other stops in good order too.
import type { App } from "./app.ts";
import { runScheduler, type ScheduleObserver } from "./queue-due.ts";
import { type WorkDone, type WorkObserver, work } from "./work.ts";

export interface EverythingOptions {
  readonly parallel: number | null;
  readonly intervalMs: number;
  readonly graceMs: number;
  readonly stop: AbortSignal;
  readonly onWork: WorkObserver;
  readonly onSchedule: ScheduleObserver;
}

const SCHEDULER_INTERVAL_MS = 60_000;

export async function runEverything(
  app: App,
  { parallel, intervalMs, graceMs, stop, onWork, onSchedule }: EverythingOptions,
): Promise<WorkDone> {
  const failed = new AbortController();
  const either = AbortSignal.any([stop, failed.signal]);
  const orStop = async <T>(part: Promise<T>): Promise<T> => {
    try {
      return await part;
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const scheduling = runScheduler(app, {
    loop: true,
    intervalMs: SCHEDULER_INTERVAL_MS,
    stop: either,
    observer: onSchedule,
  });
  const working = work(app, { parallel, loop: true, intervalMs, graceMs, stop: either, observer: onWork });
  const [done, scheduled] = await Promise.allSettled([orStop(working), orStop(scheduling)]);
  if (done.status === "rejected") throw done.reason;
  if (scheduled.status === "rejected") throw scheduled.reason;
  return done.value;
}
