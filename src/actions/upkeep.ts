// Upkeep: logs and history that have become too old go, a little at a time, while the worker has nothing better to do.
import { listHosts } from "../store/hosts.ts";
import { forgetRuns } from "../store/runs.ts";
import { findSite } from "../store/site.ts";
import { readMarker } from "../system/backup-root.ts";
import { discardOldLogs } from "../system/log-shelf.ts";
import type { App } from "./app.ts";

const EVERY_MS = 3_600_000;
/** SQLite lets nobody else write meanwhile, so few. */
const ROWS_AT_ONCE = 200;

/** Returns what a worker does every round: once an hour it removes what is older than the site keeps. */
export function upkeep(app: App): () => Promise<void> {
  let doneAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - doneAt < EVERY_MS) return;
    doneAt = performance.now();
    await clearShelves(app);
  };
}

async function clearShelves(app: App): Promise<void> {
  const site = await findSite(app.db);
  if (site === null) return;
  const now = app.clock();
  const before = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
  if (site.historyKeepSeconds !== null) await forgetOldRuns(app, before(site.historyKeepSeconds));
  if ((await readMarker(site.backupRoot)) !== site.rootId) return;
  for (const { name } of await listHosts(app.db))
    await discardOldLogs(site.backupRoot, name, before(site.logKeepSeconds));
}

/** Deletes finished runs that ended before that, in short transactions; of each host the newest backup stays. */
export async function forgetOldRuns(app: App, before: Date): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await forgetRuns(app.db, before, ROWS_AT_ONCE);
    total += count;
    if (count < ROWS_AT_ONCE) return total;
  }
}
