// What only the API says: pages of the console that need more than a command prints.
import type { ConsoleStatus } from "../actions/console-status.ts";
import type { HostDetail } from "../actions/describe-host.ts";
import type { PlacedSchedule } from "../actions/edit-schedule.ts";
import type { HostRetention } from "../actions/plan-retention.ts";
import type { Freeable } from "../actions/weigh-removal.ts";
import type { DiskForecast } from "../domain/disk-forecast.ts";
import { effectiveSettings } from "../domain/effective-settings.ts";
import type { ShownPing } from "../domain/ping.ts";
import { factsOf } from "../domain/problem.ts";
import { policyText } from "../domain/retention-policy.ts";
import { SETTING_FIELDS } from "../domain/setting-words.ts";
import { SITE_DEFAULTS, type Site } from "../domain/site.ts";
import { retentionJson } from "./retention-shapes.ts";
import { scheduleJson } from "./schedule-shapes.ts";
import { hostDetailJson, siteJson } from "./shapes.ts";
import { attentionJson, siteStatusJson } from "./status-shapes.ts";

export function consoleStatusJson(status: ConsoleStatus) {
  const { site, sentence, attention, attentionTotal, hostsTotal, openTotal, root } = status;
  const room = root?.room ?? null;
  return {
    ...siteStatusJson(status, site?.settings ?? {}),
    ...{ sentence, attentionTotal, hostsTotal, openTotal },
    disk:
      root === null || room === null
        ? null
        : { freeBytes: room.freeBytes, totalBytes: room.totalBytes, backupRoot: root.path },
    attention: attention.map(attentionJson),
  };
}

export const forecastJson = (forecast: DiskForecast | null) => ({
  forecast: forecast === null ? null : { ...forecast, fullAt: forecast.fullAt?.toISOString() ?? null },
});

export const hostPageJson = (detail: HostDetail) => ({
  ...hostDetailJson(detail),
  own: {
    ...detail.summary.host.settings,
    ...(detail.ping === null ? {} : { pingUrl: detail.ping.url, pingAllowPrivate: detail.ping.allowPrivate }),
  },
  createdAt: detail.summary.host.createdAt.toISOString(),
});

export function settingsJson(site: Site, ping: ShownPing | null) {
  const { origins } = effectiveSettings(site.settings, {});
  const effective = Object.entries(origins).map(([name, entries]) => [
    name,
    entries.map((entry) => ({ ...entry })),
  ]);
  return {
    ...siteJson(site, ping),
    defaults: { ...SITE_DEFAULTS, pingUrl: null, pingAllowPrivate: false },
    effective: Object.fromEntries(effective),
  };
}

export const fieldsJson = () =>
  SETTING_FIELDS.map(({ fallback, host, site, unit, choices, ...field }) => ({
    ...field,
    unit: unit ?? null,
    choices: choices?.map((choice) => ({ ...choice })) ?? null,
    default: Array.isArray(fallback) ? [...fallback] : (fallback as string | number | boolean | null),
    options: { host, site },
  }));

export const planJson = (found: HostRetention, freeable: Freeable | null) => ({
  ...retentionJson(found, freeable, null),
  held: found.held === null ? null : factsOf(found.held),
  words: policyText(found.policy),
});

export const scheduleDetailJson = ({ schedule, timeZone, hostEnabled }: PlacedSchedule, now: Date) => ({
  ...scheduleJson(schedule, timeZone, now),
  ownTimeZone: schedule.timeZone,
  hostEnabled,
});
