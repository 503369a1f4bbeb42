// All that holds now and should not: of the site, of this backup server's disk and of every host. What the first page of the
// console shows is the beginning of it, and alerts are about all of it.
import type { Condition } from "../domain/condition.ts";
import type { Channel } from "../domain/notification.ts";
import type { Site } from "../domain/site.ts";
import { countOpenRuns, findRuns } from "../store/runs.ts";
import type { SeenWorker } from "../store/workers.ts";
import type { App } from "./app.ts";
import { type HostReads, hostReads } from "./host-reads.ts";
import { hostsAttention, isWarned } from "./needs-attention.ts";
import { type JudgedHost, judgeHosts } from "./page-hosts.ts";
import { type SiteReads, siteReads } from "./presence.ts";
import type { HostsFacts, SiteFacts } from "./site-facts.ts";
import {
  channelTroubles,
  conditionOfHost,
  diskTroubles,
  notConfiguredYet,
  overdueSchedules,
  pingTroubles,
  queueTroubles,
} from "./site-troubles.ts";
import { suspiciousHosts } from "./suspicious-hosts.ts";

/** What was read to find out, for whoever wants to say more about it. */
export interface SiteLook {
  readonly site: Site | null;
  readonly hosts: readonly JudgedHost[];
  /** When they were judged. */
  readonly now: Date;
  readonly reads: HostReads;
  readonly workers: readonly SeenWorker[];
  readonly openTotal: { readonly queued: number; readonly running: number };
  /** Of the site and of this backup server, worst first. */
  readonly troubles: readonly Condition[];
}

/** What is wrong with the site as a whole, and how each host is. */
export async function lookAtSite(
  app: App,
  facts: SiteFacts,
  channels: readonly Channel[],
  known: SiteReads = siteReads(app),
): Promise<SiteLook> {
  const [site, ofHosts, openTotal, workers, { pings }] = await Promise.all([
    known.site(),
    facts.hosts.get(),
    countOpenRuns(app.db),
    known.alive(),
    facts.troubles.get(),
  ]);
  const now = app.clock();
  const queue = {
    workers,
    schedules: schedulesOf(ofHosts),
    queued: openTotal.queued,
    nodes: keepers(ofHosts),
  };
  const troubles = [
    ...(site === null ? [notConfiguredYet()] : await diskTroubles(site, () => facts.forecast.get(app), now)),
    ...queueTroubles(queue),
    ...channelTroubles(channels),
    ...pingTroubles(pings),
  ];
  return {
    ...{ site, workers, openTotal, hosts: judgeHosts(ofHosts, now), now, reads: ofHosts.reads },
    troubles: troubles.toSorted((a, b) => Number(b.level === "bad") - Number(a.level === "bad")),
  };
}

/** All conditions that hold now, each under its own key. */
export async function siteConditions(
  app: App,
  facts: SiteFacts,
  channels: readonly Channel[],
): Promise<{ conditions: readonly Condition[]; hosts: readonly JudgedHost[]; site: Site | null }> {
  const { hosts, troubles, workers, site } = await lookAtSite(app, facts, channels);
  const wanted = hosts.filter(
    (host) => host.health === "failing" || host.health === "never" || isWarned(host),
  );
  const runs = await findRuns(
    app.db,
    wanted.flatMap(({ lastBackup }) => lastBackup?.id ?? []),
  );
  const backups = new Map(runs.map((run) => [run.hostId, run]));
  // Of every host at once, which nobody asks for a second time.
  const found = await hostsAttention(
    hostReads(app.db),
    hosts,
    await facts.troubles.get(),
    backups,
    app.clock(),
    Number.POSITIVE_INFINITY,
  );
  const ids = new Map(hosts.map(({ id, name }) => [name, id]));
  const ofHosts = found.items.map((item) => conditionOfHost(item, ids.get(item.host ?? "") ?? null));
  const all = [
    ...troubles,
    ...ofHosts,
    ...overdueSchedules(hosts, (await facts.hosts.get()).due, workers, app.clock()),
    ...(await suspiciousHosts(app, hosts)),
  ];
  // Of two under one key the worse one counts, which comes first; that somebody has seen it, either of them knows.
  const byKey = new Map<string, Condition>();
  for (const one of all.toSorted((a, b) => Number(b.level === "bad") - Number(a.level === "bad")))
    byKey.set(one.key, { ...one, ...byKey.get(one.key) });
  return { conditions: [...byKey.values()], hosts, site };
}

/** How many schedules are switched on, of hosts that are, too. */
const schedulesOf = ({ hosts, due }: HostsFacts): number =>
  hosts.reduce((count, { id, enabled }) => count + (enabled ? (due.get(id)?.length ?? 0) : 0), 0);

/** Backup servers that keep a host which is backed up. */
const keepers = ({ hosts }: HostsFacts): string[] => [
  ...new Set(hosts.filter(({ enabled }) => enabled).map(({ node }) => node)),
];
