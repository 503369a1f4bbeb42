// The state of everything as the console's first page shows it, in one look.
import { type Attention, siteSentence, troubleWords } from "../domain/attention.ts";
import { HEALTHS, type Health } from "../domain/health.ts";
import { asProblem, Problem } from "../domain/problem.ts";
import type { Site } from "../domain/site.ts";
import { countOpenRuns, listRuns } from "../store/runs.ts";
import { countSchedules } from "../store/schedules.ts";
import { findSite } from "../store/site.ts";
import { requireRoom } from "../system/backup-root.ts";
import type { App } from "./app.ts";
import { ATTENTION_MAX, hostsAttention, isWarned, ofSite } from "./needs-attention.ts";
import { nobodyWorks } from "./nobody-works.ts";
import { type JudgedHost, judgeHosts, summariseThese } from "./page-hosts.ts";
import { whoIsAlive } from "./presence.ts";
import type { HostsFacts, SiteFacts } from "./site-facts.ts";
import { OPEN_SHOWN, rootStatus, type SiteStatus } from "./site-status.ts";
import { waitingOf } from "./why-waiting.ts";

export interface ConsoleStatus extends SiteStatus {
  readonly site: Site | null;
  readonly sentence: string;
  /** Worst first; `attentionTotal` counts what is not in it as well. */
  readonly attention: readonly Attention[];
  readonly attentionTotal: number;
  /** How many hosts there are: `hosts` has the worst 25 of them. */
  readonly hostsTotal: number;
  readonly openTotal: { readonly queued: number; readonly running: number };
}

export async function consoleStatus(app: App, facts: SiteFacts): Promise<ConsoleStatus> {
  const [site, ofHosts, hostTroubles, open, openTotal, workers, schedules] = await Promise.all([
    findSite(app),
    facts.hosts.get(),
    facts.troubles.get(),
    listRuns(app.db, { statuses: ["queued", "running"], limit: OPEN_SHOWN }),
    countOpenRuns(app.db),
    whoIsAlive(app),
    countSchedules(app.db),
  ]);
  const judged = judgeHosts(ofHosts, app.clock());
  const root = site === null ? null : await rootStatus(site.backupRoot, site.rootId);
  const troubles = [
    ...(site === null ? [ofSite(new Problem("not_configured", "Nothing is configured yet."), "bad")] : []),
    ...(root?.problem == null ? await tightDisk(site) : [ofSite(root.problem, "bad")]),
    ...nobodyWorks(workers, schedules, openTotal.queued, keepers(ofHosts)).map((problem) =>
      ofSite(problem, "bad"),
    ),
  ];
  const hosts = await summariseThese(app, worstFirst(judged).slice(0, ATTENTION_MAX));
  const backups = new Map(
    hosts.flatMap(({ host, lastBackup }) => (lastBackup === null ? [] : [[host.id, lastBackup]])),
  );
  const found = await hostsAttention(app, judged, hostTroubles, backups);
  return {
    ...{ site, configured: site !== null, root, hosts, open, openTotal, workers },
    waiting: await waitingOf(app, open),
    counts: countsOf(judged),
    warned: judged.filter(isWarned).length,
    hostsTotal: judged.length,
    sentence: sentenceOf(site !== null, judged, troubles, found.items),
    attention: [...troubles, ...found.items],
    attentionTotal: troubles.length + found.all,
  };
}

/** Backup servers that keep a host which is backed up. */
const keepers = ({ hosts }: HostsFacts): string[] => [
  ...new Set(hosts.filter(({ enabled }) => enabled).map(({ node }) => node)),
];

const worstFirst = (hosts: readonly JudgedHost[]): JudgedHost[] =>
  hosts.toSorted(
    (a, b) =>
      HEALTHS.indexOf(a.health) - HEALTHS.indexOf(b.health) || Number(isWarned(b)) - Number(isWarned(a)),
  );

const countsOf = (hosts: readonly JudgedHost[]): SiteStatus["counts"] =>
  Object.fromEntries(
    HEALTHS.map((health) => [health, hosts.filter((host) => host.health === health).length]),
  ) as { readonly [K in Health]: number };

/** With less room than that no backup begins. */
async function tightDisk(site: Site | null): Promise<Attention[]> {
  if (site === null) return [];
  return requireRoom(site.backupRoot, site.minFreePercent).then(
    () => [],
    (error: unknown) => [ofSite(asProblem(error), "bad")],
  );
}

function sentenceOf(
  configured: boolean,
  hosts: readonly JudgedHost[],
  troubles: readonly Attention[],
  items: readonly Attention[],
): string {
  const bad = new Map<string, string>();
  for (const { host, code, level } of items)
    if (host !== null && level === "bad" && !bad.has(host)) bad.set(host, `${host} ${troubleWords(code)}`);
  // Beyond what is listed, the health of the others still counts.
  for (const { name, health } of hosts)
    if ((health === "failing" || health === "never" || health === "late") && !bad.has(name))
      bad.set(name, name);
  const warned = hosts.filter((host) => isWarned(host) && !bad.has(host.name)).length;
  const enabled = hosts.filter((host) => host.enabled).length;
  return siteSentence({ configured, troubles, bad: [...bad.values()], warned, enabled, total: hosts.length });
}
