// The state of everything as the console's first page shows it, in one look.
import { type Attention, siteSentence, troubleWords } from "../domain/attention.ts";
import { HEALTHS, type Health } from "../domain/health.ts";
import type { Site } from "../domain/site.ts";
import { countAlerts } from "../store/alerts.ts";
import { listChannels } from "../store/channels.ts";
import { listRuns } from "../store/runs.ts";
import type { App } from "./app.ts";
import { ATTENTION_MAX, hostsAttention, isWarned } from "./needs-attention.ts";
import { type JudgedHost, summariseThese } from "./page-hosts.ts";
import { sharedReads } from "./presence.ts";
import { lookAtSite } from "./site-conditions.ts";
import type { SiteFacts } from "./site-facts.ts";
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
  // Together, as far as one need not know of the other: each is a way to the database and back.
  const known = sharedReads(app);
  const reading = listRuns(app.db, { statuses: ["queued", "running"], limit: OPEN_SHOWN });
  const [look, hostTroubles, open, waiting, alerts] = await Promise.all([
    listChannels(app.db).then((channels) => lookAtSite(app, facts, channels, known)),
    facts.troubles.get(),
    reading,
    reading.then((runs) => waitingOf(app, runs, facts.queue, known)),
    countAlerts(app.db),
  ]);
  const { site, hosts: judged, now, reads, workers, openTotal, troubles } = look;
  const [root, hosts] = await Promise.all([
    site === null ? null : rootStatus(site.backupRoot, site.rootId),
    summariseThese(reads, worstFirst(judged).slice(0, ATTENTION_MAX), now),
  ]);
  const backups = new Map(
    hosts.flatMap(({ host, lastBackup }) => (lastBackup === null ? [] : [[host.id, lastBackup]])),
  );
  const found = await hostsAttention(reads, judged, hostTroubles, backups, now);
  return {
    ...{ site, configured: site !== null, root, hosts, open, openTotal, waiting, workers, alerts },
    counts: countsOf(judged),
    warned: judged.filter(isWarned).length,
    hostsTotal: judged.length,
    sentence: sentenceOf(site !== null, judged, troubles, found.items),
    attention: [...troubles, ...found.items],
    attentionTotal: troubles.length + found.all,
  };
}

const worstFirst = (hosts: readonly JudgedHost[]): JudgedHost[] =>
  hosts.toSorted(
    (a, b) =>
      HEALTHS.indexOf(a.health) - HEALTHS.indexOf(b.health) || Number(isWarned(b)) - Number(isWarned(a)),
  );

const countsOf = (hosts: readonly JudgedHost[]): SiteStatus["counts"] =>
  Object.fromEntries(
    HEALTHS.map((health) => [health, hosts.filter((host) => host.health === health).length]),
  ) as { readonly [K in Health]: number };

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
