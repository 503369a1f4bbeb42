// Schedules as the console knows them: in pages, by their numbers, and looked at before they are made.
import { effectiveSettings } from "../domain/effective-settings.ts";
import { badInput, Problem, quoted } from "../domain/problem.ts";
import { cronWords, dueTimes, parseCron, parseScheduleName, type Schedule } from "../domain/schedule.ts";
import { parseTimeZone } from "../domain/settings.ts";
import { findHosts, requireHost } from "../store/hosts.ts";
import { findSchedule, findScheduleById, pageSchedules } from "../store/schedules.ts";
import { findSite } from "../store/site.ts";
import type { App } from "./app.ts";
import {
  configureSchedule,
  removeSchedule,
  type ScheduleChanges,
  USUAL_SCHEDULE,
} from "./configure-schedule.ts";
import { hostContext } from "./host-context.ts";

/** A schedule with what its host says. */
export interface PlacedSchedule {
  readonly schedule: Schedule;
  /** The one that holds for it. */
  readonly timeZone: string;
  readonly hostEnabled: boolean;
}

export interface SchedulesWish {
  readonly host?: string | undefined;
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
}

/** By host and name. Refuses with `not_found` for a host that is not there, and with `bad_input` what was never a `next`. */
export async function listSchedulePage(
  app: App,
  { host, limit, after }: SchedulesWish,
): Promise<{ items: PlacedSchedule[]; next: string | null }> {
  const hostId = host === undefined ? null : (await requireHost(app.db, host)).id;
  const begin = after === undefined ? null : parseCursor(after);
  const found = await pageSchedules(app.db, { hostId, after: begin, limit: limit + 1 });
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const next = found.length > limit && last !== undefined ? `${last.host}/${last.name}` : null;
  return { items: await placed(app, shown), next };
}

function parseCursor(text: string): { host: string; name: string } {
  const [, host, name] = /^([A-Za-z0-9._-]{1,64})\/([A-Za-z0-9._-]{1,64})$/.exec(text) ?? [];
  if (host === undefined || name === undefined)
    throw badInput("The place in the list", text, "is none; send the next of the page before.");
  return { host, name };
}

async function placed(app: App, schedules: readonly Schedule[]): Promise<PlacedSchedule[]> {
  const ids = [...new Set(schedules.map(({ hostId }) => hostId))];
  const [site, found] = await Promise.all([findSite(app), findHosts(app.db, ids)]);
  const hosts = new Map(found.map((host) => [host.id, host]));
  return schedules.map((schedule) => {
    const host = hosts.get(schedule.hostId);
    const inherited = effectiveSettings(site?.settings ?? {}, host?.settings ?? {}).values.timeZone;
    return { schedule, timeZone: schedule.timeZone ?? inherited, hostEnabled: host?.enabled === true };
  });
}

/** Refuses with `bad_input`, also when the host has a schedule of that name, `not_found` or `not_configured`. */
export async function createSchedule(
  app: App,
  hostName: string,
  givenName: string = USUAL_SCHEDULE,
  wish: ScheduleChanges,
): Promise<PlacedSchedule> {
  const name = parseScheduleName(givenName);
  const { host } = await hostContext(app, hostName);
  if ((await findSchedule(app.db, host.id, name)) !== null)
    throw new Problem("bad_input", `${host.name} has a schedule ${quoted(name)} already.`, {
      hint: "Nothing was changed. Give the new one another name, or change the one that is there.",
    });
  const { schedule, timeZone } = await configureSchedule(app, host.name, name, wish);
  return { schedule, timeZone, hostEnabled: host.enabled };
}

/** Refuses with `bad_input` or `not_found`. */
export async function changeSchedule(
  app: App,
  id: number,
  changes: ScheduleChanges,
): Promise<PlacedSchedule> {
  const before = await requireSchedule(app, id);
  const { schedule, timeZone } = await configureSchedule(app, before.host, before.name, changes);
  return { schedule, timeZone, hostEnabled: (await requireHost(app.db, before.host)).enabled };
}

/** Refuses with `not_found`. Runs that it queued stay. */
export async function removeScheduleById(app: App, id: number): Promise<Pick<Schedule, "host" | "name">> {
  const { host, name } = await requireSchedule(app, id);
  await removeSchedule(app, host, name);
  return { host, name };
}

async function requireSchedule(app: App, id: number): Promise<Schedule> {
  const found = await findScheduleById(app.db, id);
  if (found !== null) return found;
  throw new Problem("not_found", `There is no schedule ${id}.`, { hint: "pobsync schedules lists them." });
}

export interface SchedulePreview {
  readonly words: string;
  readonly next: readonly Date[];
  readonly timeZone: string;
}

const NEXT_SHOWN = 5;

/** What an expression comes to, before anything is saved. Refuses with `bad_input`, or `not_found` for the host. */
export async function previewSchedule(
  app: App,
  given: { readonly cron: string; readonly timeZone: string | null; readonly host: string | null },
): Promise<SchedulePreview> {
  const cron = parseCron(given.cron);
  const site = await findSite(app);
  const own = given.host === null ? {} : (await requireHost(app.db, given.host)).settings;
  const timeZone =
    given.timeZone === null
      ? effectiveSettings(site?.settings ?? {}, own).values.timeZone
      : parseTimeZone(given.timeZone);
  return { words: cronWords(cron), next: dueTimes({ cron, timeZone }, app.clock(), NEXT_SHOWN), timeZone };
}
