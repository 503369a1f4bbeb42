// Metrics of the site, read in a moment however many hosts there are.
import { isFinished } from "../domain/run.ts";
import {
  type HostNumbers,
  metricsText,
  provedSince,
  type RootNumbers,
  type SiteNumbers,
} from "../domain/site-metrics.ts";
import { appliedMigrations } from "../store/database.ts";
import {
  type EndedRuns,
  endedRuns,
  newestSnapshots,
  openRuns,
  runTimes,
  type SnapshotSums,
  snapshotSums,
} from "../store/metric-facts.ts";
import { countSchedules } from "../store/schedules.ts";
import { findSite, listNodes } from "../store/site.ts";
import type { App } from "./app.ts";
import { forecastDisk } from "./forecast-disk.ts";
import { judgeHosts } from "./page-hosts.ts";
import { whoIsAlive } from "./presence.ts";
import { type SiteFacts, siteFacts } from "./site-facts.ts";
import { rootStatus } from "./site-status.ts";

/** What goes over whole tables is good for so long: it is about months. */
const SLOW_MS = 60_000;

interface SlowFacts {
  readonly sums: ReadonlyMap<number, SnapshotSums>;
  readonly ended: readonly EndedRuns[];
  readonly schema: number;
  readonly forecast: RootNumbers["forecast"];
}

/** The metrics as they are now, in Prometheus' text format. */
export type ReadMetrics = () => Promise<string>;

/**
 * For one who asks again and again. What decides about health is as new as it is anywhere; sums over all snapshots and runs
 * are up to a minute old.
 *
 * @param facts those of all requests of the console; left out by who asks once
 * @param now milliseconds of a clock that never goes back
 */
export function metricsReader(
  app: App,
  facts: SiteFacts = siteFacts(app.db),
  now: () => number = () => performance.now(),
): ReadMetrics {
  let slow: { readonly facts: Promise<SlowFacts>; readonly readAt: number } | null = null;
  const slowFacts = (): Promise<SlowFacts> => {
    if (slow !== null && now() - slow.readAt < SLOW_MS) return slow.facts;
    const reading = readSlowFacts(app);
    slow = { facts: reading, readAt: now() };
    reading.catch(() => {
      if (slow?.facts === reading) slow = null;
    });
    return reading;
  };
  return async () => metricsText(await siteNumbers(app, facts, await slowFacts()), app.clock());
}

async function readSlowFacts(app: App): Promise<SlowFacts> {
  const [sums, ended, migrations, site] = await Promise.all([
    snapshotSums(app.db, provedSince(app.clock())),
    endedRuns(app.db),
    appliedMigrations(app.db),
    findSite(app),
  ]);
  const root = site === null ? null : await rootStatus(site.backupRoot, site.rootId);
  return {
    ...{ sums, ended, schema: Number(migrations.at(-1)?.slice(0, 4) ?? 0) },
    // Without its disk there is no saying when it will be full.
    forecast: root?.room == null ? null : await forecastDisk(app),
  };
}

async function siteNumbers(app: App, facts: SiteFacts, slow: SlowFacts): Promise<SiteNumbers> {
  const [{ hosts, due }, { missing }, newest, open, schedules, alive, nodes, site] = await Promise.all([
    facts.hosts.get(),
    facts.troubles.get(),
    newestSnapshots(app.db),
    openRuns(app.db, app.clock()),
    countSchedules(app.db),
    whoIsAlive(app),
    listNodes(app.db),
    findSite(app),
  ]);
  const times = await runTimes(
    app.db,
    hosts.flatMap(({ lastBackup }) => lastBackup?.id ?? []),
  );
  const ofHosts: HostNumbers[] = judgeHosts({ hosts, due }, app.clock()).map((host) => {
    const { id, lastBackup } = host;
    const sums = slow.sums.get(id);
    const status = lastBackup?.status;
    const ran = lastBackup === null ? undefined : times.get(lastBackup.id);
    return {
      ...host,
      lastSuccess: newest.get(id) ?? null,
      lastBackup:
        status === undefined || !isFinished(status)
          ? null
          : { status, startedAt: ran?.startedAt ?? null, finishedAt: ran?.finishedAt ?? null },
      ...{
        snapshots: sums?.count ?? 0,
        anomalies: sums?.anomalies ?? 0,
        missing: missing.get(id)?.count ?? 0,
      },
      ...{ bytes: sums?.bytes ?? 0, provedBytes: sums?.provedBytes ?? 0 },
    };
  });
  const names = [...new Set([app.node, ...nodes.map(({ name }) => name), ...alive.map(({ node }) => node)])];
  const living = (name: string, wanted: string): number =>
    alive.filter(({ node, role }) => node === name && role === wanted).length;
  return {
    ...{ version: app.version, schema: slow.schema, hosts: ofHosts, schedules, open, ended: slow.ended },
    nodes: names.map((name) => ({
      ...{ name, workers: living(name, "worker"), schedulers: living(name, "scheduler") },
    })),
    root:
      site === null
        ? null
        : {
            ...{ node: app.node, minFreePercent: site.minFreePercent, forecast: slow.forecast },
            room: (await rootStatus(site.backupRoot, site.rootId)).room,
          },
  };
}
