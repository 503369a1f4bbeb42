// Health of everything in one look.
import { HEALTHS, type Health } from "../domain/health.ts";
import { asProblem, type Problem } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import type { Waiting } from "../domain/waiting.ts";
import { countAlerts } from "../store/alerts.ts";
import { listRuns } from "../store/runs.ts";
import { findSite } from "../store/site.ts";
import type { SeenWorker } from "../store/workers.ts";
import { type Room, requireRoot, roomOn } from "../system/backup-root.ts";
import type { App } from "./app.ts";
import { type HostSummary, summariseHosts } from "./list-hosts.ts";
import { whoIsAlive } from "./presence.ts";
import { waitingOf } from "./why-waiting.ts";

export interface SiteStatus {
  readonly configured: boolean;
  readonly root: {
    readonly path: string;
    readonly room: Room | null;
    readonly problem: Problem | null;
  } | null;
  readonly hosts: readonly HostSummary[];
  readonly counts: { readonly [K in Health]: number };
  /** How many fresh hosts have warnings. */
  readonly warned: number;
  readonly open: readonly Run[];
  /** By the id of a run: why it waits. */
  readonly waiting: ReadonlyMap<number, Waiting>;
  readonly workers: readonly SeenWorker[];
  /** How many are open, and how many of those nobody has acknowledged. */
  readonly alerts: { readonly open: number; readonly unacknowledged: number };
}

/** Newest first; `pobsync runs --status open --all` shows all of them. */
export const OPEN_SHOWN = 50;

export async function siteStatus(app: App): Promise<SiteStatus> {
  const [site, hosts, open, workers, alerts] = await Promise.all([
    findSite(app),
    summariseHosts(app),
    listRuns(app.db, { statuses: ["queued", "running"], limit: OPEN_SHOWN }),
    whoIsAlive(app),
    countAlerts(app.db),
  ]);
  const counts = Object.fromEntries(
    HEALTHS.map((health) => [health, hosts.filter((host) => host.health === health).length]),
  );
  return {
    configured: site !== null,
    root: site === null ? null : await rootStatus(site.backupRoot, site.rootId),
    hosts,
    counts: counts as SiteStatus["counts"],
    warned: hosts.filter(({ lastBackup, health }) => health === "fresh" && lastBackup?.status === "warning")
      .length,
    open,
    waiting: await waitingOf(app, open),
    workers,
    alerts,
  };
}

export async function rootStatus(path: string, rootId: string) {
  try {
    await requireRoot(path, rootId);
    return { path, room: await roomOn(path), problem: null };
  } catch (error) {
    return { path, room: null, problem: asProblem(error) };
  }
}
