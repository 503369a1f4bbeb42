// Upkeep: logs, history and sessions that have become too old go, a little at a time, while the worker has nothing better to do.
import type { Site } from "../domain/site.ts";
import { listHostsHere } from "../store/hosts.ts";
import { deleteExpiredIdentities } from "../store/identities.ts";
import { findSite } from "../store/site.ts";
import { readMarker } from "../system/backup-root.ts";
import { discardOldLogs } from "../system/log-shelf.ts";
import type { App } from "./app.ts";
import { forgetOldRuns } from "./forget-runs.ts";
import { rootHere } from "./host-context.ts";
import { queueTrashWork } from "./trash-upkeep.ts";

const EVERY_MS = 3_600_000;
const TRASH_EVERY_MS = 60_000;
const PROOF_EVERY_MS = 60_000;

/**
 * Returns what a worker does every round: once an hour it removes what is older than the site keeps, and once a minute it
 * looks whether some trash has to go, and what has to be read again or tried.
 */
export function upkeep(app: App): () => Promise<void> {
  const shelves = every(EVERY_MS, (site) => clearShelves(app, site));
  const trash = every(TRASH_EVERY_MS, async (site) => {
    if ((await readMarker(site.backupRoot)) === site.rootId) await queueTrashWork(app, site);
  });
  const proof = every(PROOF_EVERY_MS, async (site) => {
    if ((await readMarker(site.backupRoot)) === site.rootId) await proveAgain(app, site);
  });
  return async () => {
    const site = await findSite(app);
    if (site === null) return;
    await shelves(site);
    await trash(site);
    await proof(site);
  };
}

/** Does something at most so often. */
function every(ms: number, work: (site: Site) => Promise<void>): (site: Site) => Promise<void> {
  let doneAt = Number.NEGATIVE_INFINITY;
  return async (site) => {
    if (performance.now() - doneAt < ms) return;
    doneAt = performance.now();
    await work(site);
  };
}

/** Loaded when it is wanted: a worker that makes backups does not wait for it. */
async function proveAgain(app: App, site: Site): Promise<void> {
  const root = await rootHere(site);
  const [{ weighHosts }, { queueProof }] = await Promise.all([
    import("./keep-proof.ts"),
    import("./queue-proof.ts"),
  ]);
  await weighHosts(app, root);
  await queueProof(app, site);
}

async function clearShelves(app: App, site: Site): Promise<void> {
  const now = app.clock();
  const before = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
  // Loaded when it is wanted: most that works has nothing to do with people.
  const { clearStaleSignIns } = await import("./people/clear-stale.ts");
  await clearStaleSignIns(app);
  await deleteExpiredIdentities(app.db, now);
  if (site.historyKeepSeconds !== null) await forgetOldRuns(app, before(site.historyKeepSeconds));
  if ((await readMarker(site.backupRoot)) !== site.rootId) return;
  const { sweepDeadDrills } = await import("./drill-run.ts");
  for (const host of await listHostsHere(app)) {
    await discardOldLogs(site.backupRoot, host.name, before(site.logKeepSeconds));
    await sweepDeadDrills(app, site.backupRoot, { host });
  }
}
