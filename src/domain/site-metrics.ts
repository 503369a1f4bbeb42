// What is known of a site, as metrics. Names of hosts and backup servers are the only labels that people chose.
import type { DiskForecast } from "./disk-forecast.ts";
import { type DueFacts, HEALTHS, type Health, lateSince } from "./health.ts";
import { metricText, type Sample } from "./metric.ts";
import { METRICS, type MetricName, PROVED_DAYS } from "./metric-catalogue.ts";
import { FINISHED_STATUSES, type FinishedStatus, RUN_KINDS, type RunKind } from "./run.ts";

/** A host with everything that is said of it; what is null is not known or not there. */
export interface HostNumbers {
  readonly name: string;
  readonly node: string;
  readonly enabled: boolean;
  readonly health: Health;
  readonly schedules: readonly DueFacts[];
  readonly lastSuccess: {
    readonly finishedAt: Date;
    readonly startedAt: Date;
    readonly files: number | null;
    readonly bytes: number | null;
    readonly newBytes: number | null;
  } | null;
  readonly lastBackup: {
    readonly status: FinishedStatus;
    readonly startedAt: Date | null;
    readonly finishedAt: Date | null;
  } | null;
  readonly snapshots: number;
  readonly missing: number;
  readonly anomalies: number;
  readonly bytes: number;
  readonly provedBytes: number;
}

export interface KindNumbers {
  readonly kind: RunKind;
  readonly queued: number;
  readonly running: number;
  /** Since when the one could have begun that waits longest; null: none could. */
  readonly waitsSince: Date | null;
}

export interface SiteNumbers {
  readonly version: string;
  readonly schema: number;
  readonly hosts: readonly HostNumbers[];
  readonly schedules: number;
  readonly open: readonly KindNumbers[];
  readonly ended: readonly {
    readonly kind: RunKind;
    readonly status: FinishedStatus;
    readonly count: number;
  }[];
  readonly nodes: readonly { readonly name: string; readonly workers: number; readonly schedulers: number }[];
  /** Of this backup server; null: nothing is configured. */
  readonly root: RootNumbers | null;
}

export interface RootNumbers {
  readonly node: string;
  /** Null: it cannot be used. */
  readonly room: {
    readonly freeBytes: number;
    readonly totalBytes: number;
    readonly freeInodes: number | null;
    readonly totalInodes: number | null;
  } | null;
  readonly minFreePercent: number;
  readonly forecast: DiskForecast | null;
}

type Values = Readonly<Record<MetricName, readonly Sample[]>>;

const DAY_SECONDS = 86_400;
/** From when on a file that was read again proves something now. */
export const provedSince = (now: Date): Date => new Date(now.getTime() - PROVED_DAYS * DAY_SECONDS * 1000);

const seconds = (at: Date): number => at.getTime() / 1000;
const secondsBetween = (from: Date, to: Date): number => Math.max(0, seconds(to) - seconds(from));

/** Every metric, in the text format of Prometheus. */
export function metricsText(site: SiteNumbers, now: Date): string {
  const values: Values = { ...ofSite(site, now), ...ofHosts(site.hosts, now), ...ofRoot(site.root) };
  return (Object.keys(METRICS) as MetricName[])
    .map((name) => metricText(name, METRICS[name], values[name]))
    .join("");
}

const one = (value: number): Sample[] => [{ labels: [], value }];

function ofSite({ version, schema, schedules, hosts, open, ended, nodes }: SiteNumbers, now: Date) {
  const byKind = (numberOf: (numbers: KindNumbers | undefined) => number): Sample[] =>
    RUN_KINDS.map((kind) => ({ labels: [kind], value: numberOf(open.find((found) => found.kind === kind)) }));
  const counts = new Map(ended.map(({ kind, status, count }) => [`${kind} ${status}`, count]));
  return {
    pobsync_build_info: [{ labels: [version], value: 1 }],
    pobsync_database_schema_version: one(schema),
    pobsync_schedules: one(schedules),
    pobsync_hosts: HEALTHS.map((health) => ({
      labels: [health],
      value: hosts.filter((host) => host.health === health).length,
    })),
    pobsync_queued_runs: byKind((found) => found?.queued ?? 0),
    pobsync_running_runs: byKind((found) => found?.running ?? 0),
    pobsync_queue_wait_seconds: byKind((found) =>
      found?.waitsSince == null ? 0 : secondsBetween(found.waitsSince, now),
    ),
    pobsync_runs: RUN_KINDS.flatMap((kind) =>
      FINISHED_STATUSES.map((status) => ({
        labels: [kind, status],
        value: counts.get(`${kind} ${status}`) ?? 0,
      })),
    ),
    pobsync_workers: nodes.map(({ name, workers }) => ({ labels: [name], value: workers })),
    pobsync_schedulers: nodes.map(({ name, schedulers }) => ({ labels: [name], value: schedulers })),
  };
}

function ofHosts(hosts: readonly HostNumbers[], now: Date) {
  const each = (numberOf: (host: HostNumbers) => number | null | undefined): Sample[] =>
    hosts.flatMap((host) => {
      const value = numberOf(host);
      return value == null ? [] : [{ labels: [host.name], value }];
    });
  const states = <T extends string>(
    known: readonly T[],
    stateOf: (host: HostNumbers) => T | null,
  ): Sample[] =>
    hosts.flatMap((host) => {
      const state = stateOf(host);
      return state === null
        ? []
        : known.map((name) => ({ labels: [host.name, name], value: name === state ? 1 : 0 }));
    });
  return {
    pobsync_host_info: hosts.map(({ name, node }) => ({ labels: [name, node], value: 1 })),
    pobsync_host_health: states(HEALTHS, ({ health }) => health),
    pobsync_host_last_success_timestamp_seconds: each(
      ({ lastSuccess: last }) => last && seconds(last.finishedAt),
    ),
    pobsync_host_last_success_duration_seconds: each(
      ({ lastSuccess: last }) => last && secondsBetween(last.startedAt, last.finishedAt),
    ),
    pobsync_host_last_success_files: each(({ lastSuccess: last }) => last?.files),
    pobsync_host_last_success_bytes: each(({ lastSuccess: last }) => last?.bytes),
    pobsync_host_last_success_new_bytes: each(({ lastSuccess: last }) => last?.newBytes),
    pobsync_host_last_backup_timestamp_seconds: each(({ lastBackup: last }) =>
      last?.finishedAt == null ? null : seconds(last.finishedAt),
    ),
    pobsync_host_last_backup_duration_seconds: each(({ lastBackup: last }) =>
      last?.finishedAt == null || last.startedAt === null
        ? null
        : secondsBetween(last.startedAt, last.finishedAt),
    ),
    pobsync_host_last_backup_status: states(
      FINISHED_STATUSES,
      ({ lastBackup }) => lastBackup?.status ?? null,
    ),
    pobsync_host_overdue_schedules: each((host) => overdueSchedules(host, now)),
    pobsync_host_snapshots: each(({ snapshots }) => snapshots),
    pobsync_host_missing_snapshots: each(({ missing }) => missing),
    pobsync_host_open_anomalies: each(({ anomalies }) => anomalies),
    pobsync_host_verified_ratio: each(({ bytes, provedBytes }) => (bytes === 0 ? null : provedBytes / bytes)),
  };
}

/** A host that is switched off is due for nothing. */
const overdueSchedules = ({ enabled, schedules, lastSuccess }: HostNumbers, now: Date): number =>
  enabled
    ? schedules.filter(
        (schedule) => lateSince(lastSuccess?.finishedAt ?? new Date(0), [schedule], now) !== null,
      ).length
    : 0;

function ofRoot(root: RootNumbers | null) {
  const room = root?.room ?? null;
  const forecast = root?.forecast ?? null;
  const here = (value: number | null | undefined): Sample[] =>
    root === null || value == null ? [] : [{ labels: [root.node], value }];
  const fullAt = forecast?.fullAt ?? null;
  return {
    pobsync_root_ready: here(room === null ? 0 : 1),
    pobsync_root_free_bytes: here(room?.freeBytes),
    pobsync_root_size_bytes: here(room?.totalBytes),
    pobsync_root_free_inodes: here(room?.freeInodes),
    pobsync_root_inodes: here(room?.totalInodes),
    pobsync_root_reserved_ratio: here(root && root.minFreePercent / 100),
    pobsync_root_growth_bytes_per_second: here(forecast && forecast.bytesPerDay / DAY_SECONDS),
    pobsync_root_full_timestamp_seconds: here(
      forecast && (fullAt === null ? Number.POSITIVE_INFINITY : seconds(fullAt)),
    ),
  };
}
