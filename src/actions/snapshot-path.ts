// Where things of a host lie, for those who show it.
import type { Run } from "../domain/run.ts";
import type { Site } from "../domain/site.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { listHosts } from "../store/hosts.ts";
import { listNodes } from "../store/site.ts";
import { existingLog } from "../system/log-shelf.ts";
import { snapshotFolder } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { requireSite } from "./host-context.ts";

/** The snapshot's folder, on the backup server that keeps its host; its tree is `data` below it. */
export const snapshotPath = (site: Site, snapshot: Pick<Snapshot, "host" | "name">): string =>
  snapshotFolder(site.backupRoot, snapshot.host, snapshot.name);

/**
 * The log of what rsync said during a run, or null when there is none (any more), or none that this user can see: what is known
 * of the run is shown all the same.
 */
export const runLogPath = async (site: Site, run: Run): Promise<string | null> =>
  site.isHere ? existingLog(site.backupRoot, run.host, run.id, run.snapshot).catch(() => null) : null;

/** The folders of many hosts' snapshots, wherever those are kept. Refuses with `not_configured`. */
export async function snapshotPaths(app: App): Promise<(snapshot: Snapshot) => string> {
  const site = await requireSite(app);
  const nodes = await listNodes(app.db);
  if (nodes.length === 1) return (snapshot) => snapshotPath(site, snapshot);
  const roots = new Map(nodes.map(({ name, backupRoot }) => [name, backupRoot]));
  const homes = new Map((await listHosts(app.db)).map(({ id, node }) => [id, roots.get(node)]));
  return ({ hostId, host, name }) => snapshotFolder(homes.get(hostId) ?? site.backupRoot, host, name);
}
