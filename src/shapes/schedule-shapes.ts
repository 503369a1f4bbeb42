// Schedules with the expression in words and the next due times. Apart from shapes.ts, because a calendar takes time to load.
import type { ScheduleJson } from "../contract/types.ts";
import { cronWords, dueTimes, type Schedule } from "../domain/schedule.ts";

const NEXT_SHOWN = 5;

/** The next due times of one that is switched on; none of one that is not. */
export const nextTimes = (schedule: Schedule, timeZone: string, now: Date): Date[] =>
  schedule.enabled ? dueTimes({ cron: schedule.cron, timeZone }, now, NEXT_SHOWN) : [];

/** `timeZone` is the one that holds for it. */
export const scheduleJson = (schedule: Schedule, timeZone: string, now: Date): ScheduleJson => ({
  id: schedule.id,
  host: schedule.host,
  name: schedule.name,
  cron: schedule.cron,
  words: cronWords(schedule.cron),
  timeZone,
  prune: schedule.prune,
  maxDelete: schedule.maxDelete,
  jitterSeconds: schedule.jitterSeconds,
  enabled: schedule.enabled,
  nextDueAt: schedule.nextDueAt?.toISOString() ?? null,
  lastDueAt: schedule.lastDueAt?.toISOString() ?? null,
  lastSkip:
    schedule.lastSkip === null
      ? null
      : { dueAt: schedule.lastSkip.dueAt.toISOString(), run: schedule.lastSkip.runId },
  next: nextTimes(schedule, timeZone, now).map((time) => time.toISOString()),
});
