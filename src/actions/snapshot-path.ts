// Where things of a host lie, for those who show it.
import type { Run } from "../domain/run.ts";
import type { Site } from "../domain/site.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { existingLog } from "../system/log-shelf.ts";
import { snapshotFolder } from "../system/snapshot-tree.ts";

/** The snapshot's folder; its tree is `data` below it. */
export const snapshotPath = (site: Site, snapshot: Pick<Snapshot, "host" | "name">): string =>
  snapshotFolder(site.backupRoot, snapshot.host, snapshot.name);

/**
 * The log of what rsync said during a run, or null when there is none (any more), or none that this user can see: what is known
 * of the run is shown all the same.
 */
export const runLogPath = (site: Site, run: Run): Promise<string | null> =>
  existingLog(site.backupRoot, run.host, run.id, run.snapshot).catch(() => null);
