// How backups went, host by host and day by day.
import { type CalendarDays, lastDays } from "../domain/calendar-days.ts";
import { effectiveSettings } from "../domain/effective-settings.ts";
import { type DayEnd, hostNames, worstByDay } from "../store/run-days.ts";
import { findSite } from "../store/site.ts";
import type { App } from "./app.ts";

export interface GridWish {
  readonly days: number;
  readonly limit: number;
  /** The name of the host before the page. */
  readonly after: string | null;
}

export interface StatusGrid {
  readonly days: CalendarDays["names"];
  readonly timeZone: string;
  readonly items: readonly { readonly host: string; readonly cells: readonly DayEnd[] }[];
  readonly next: string | null;
}

/** A part of the hosts, by name. Days are those of the site's time zone; a run counts on the day on which it began. */
export async function statusGrid(app: App, { days: count, limit, after }: GridWish): Promise<StatusGrid> {
  const [site, found] = await Promise.all([findSite(app), hostNames(app.db, after, limit + 1)]);
  const { timeZone } = effectiveSettings(site?.settings ?? {}, {}).values;
  const days = lastDays(timeZone, app.clock(), count);
  const hosts = found.slice(0, limit);
  const ids = hosts.map(({ id }) => id);
  const cells = new Map(ids.map((id) => [id, Array<DayEnd>(count).fill("none")]));
  for (const { hostId, day, worst } of await worstByDay(app.db, ids, days.bounds)) {
    const row = cells.get(hostId);
    if (row !== undefined && day in row) row[day] = worst;
  }
  return {
    days: days.names,
    timeZone,
    items: hosts.map(({ id, name }) => ({ host: name, cells: cells.get(id) ?? [] })),
    next: found.length > limit ? (hosts.at(-1)?.name ?? null) : null,
  };
}
