// Schedules.
import type { ScheduleChanges } from "../../actions/configure-schedule.ts";
import {
  changeSchedule,
  createSchedule,
  listSchedulePage,
  previewSchedule,
  removeScheduleById,
} from "../../actions/edit-schedule.ts";
import { scheduleDetailJson } from "../../shapes/console-shapes.ts";
import { routes } from "../implement.ts";

const { schedules: os } = routes;

const USUAL_PAGE = 50;

interface Sent extends Omit<ScheduleChanges, "maxDelete" | "jitter"> {
  readonly maxDelete?: number | null | undefined;
  readonly jitter?: number | string | undefined;
}

/** Numbers are typed at the command line, and read the same way here. */
const changesFrom = ({ maxDelete, jitter, ...same }: Sent): ScheduleChanges => ({
  ...same,
  maxDelete: typeof maxDelete === "number" ? String(maxDelete) : maxDelete,
  jitter: typeof jitter === "number" ? String(jitter) : jitter,
});

export const schedules = {
  list: os.list.handler(async ({ context: { app }, input: { host, after, limit = USUAL_PAGE } }) => {
    const { items, next } = await listSchedulePage(app, { host, after, limit });
    const now = app.clock();
    return { items: items.map((placed) => scheduleDetailJson(placed, now)), next };
  }),
  create: os.create.handler(async ({ context: { app }, input: { host, name, ...wish } }) =>
    scheduleDetailJson(await createSchedule(app, host, name, changesFrom(wish)), app.clock()),
  ),
  change: os.change.handler(async ({ context: { app }, input: { id, ...changes } }) =>
    scheduleDetailJson(await changeSchedule(app, id, changesFrom(changes)), app.clock()),
  ),
  remove: os.remove.handler(async ({ context: { app }, input: { id } }) => ({
    ...(await removeScheduleById(app, id)),
    removed: true as const,
  })),
  preview: os.preview.handler(async ({ context: { app }, input: { cron, timeZone, host } }) => {
    const found = await previewSchedule(app, { cron, timeZone: timeZone ?? null, host: host ?? null });
    return { ...found, next: found.next.map((due) => due.toISOString()) };
  }),
};
