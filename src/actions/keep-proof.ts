// Keeping what proves that a host can be restored: written when a drill or a verification ends, and while nobody waits.
import { setImmediate as pause } from "node:timers/promises";
import { openCatalog } from "../catalog/catalog.ts";
import { weighStored } from "../catalog/weight.ts";
import { parseDrillResult } from "../domain/drill.ts";
import type { Host } from "../domain/host.ts";
import { isFinished, type Run } from "../domain/run.ts";
import { listHostsHere } from "../store/hosts.ts";
import { listProofs, newestSnapshots, saveDrill, saveWeight } from "../store/proofs.ts";
import { catalogExists, catalogFile } from "../system/catalog-file.ts";
import type { App } from "./app.ts";
import { type HostContext, rootHere } from "./host-context.ts";

/** After a run of a kind that proves something. */
export async function keepProof(app: App, { host, site }: HostContext, run: Run): Promise<void> {
  if (run.kind === "drill") await noteDrill(app, run);
  if (run.kind === "verify") await weigh(app, await rootHere(site), host);
}

/** A drill that could not be tried says nothing about what is stored, unless it is that nothing could be restored. */
async function noteDrill(app: App, run: Run): Promise<void> {
  const result = parseDrillResult(run.result);
  const { status, finishedAt, id, hostId } = run;
  if (result === null || finishedAt === null || !isFinished(status)) return;
  const { snapshot, sampled, canaries, bytes, faults } = result;
  await saveDrill(app.db, hostId, {
    ...{ runId: id, at: finishedAt, status },
    ...{ snapshot, sampled, canaries, bytes, faults },
  });
}

/** Without a catalog nothing is known, and nothing is noted. */
async function weigh(app: App, root: string, host: Host): Promise<void> {
  const file = catalogFile(root, host.name);
  if (!catalogExists(file)) return;
  const catalog = openCatalog(file, "read");
  try {
    await saveWeight(app.db, host.id, await stepwise(weighStored(catalog)), app.clock());
  } finally {
    catalog.close();
  }
}

/** Between two steps others have their turn: leases are renewed, and whoever asks is answered. */
async function stepwise<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause();
  }
}

const DAY_MS = 86_400_000;
/** So long a worker looks into catalogs before it does something else. */
const PATIENCE_MS = 1000;

/** Looks into the catalogs of hosts of which nothing is known, or that had a backup since; each at least once a day. */
export async function weighHosts(app: App, root: string): Promise<void> {
  const [proofs, newest] = [await listProofs(app.db), await newestSnapshots(app.db)];
  const began = performance.now();
  const now = app.clock().getTime();
  for (const host of await listHostsHere(app)) {
    const snapshotAt = newest.get(host.id);
    const weighedAt = proofs.get(host.id)?.weight?.at;
    const isKnown =
      snapshotAt === undefined ||
      (weighedAt !== undefined && snapshotAt <= weighedAt && Math.abs(now - weighedAt.getTime()) < DAY_MS);
    if (isKnown) continue;
    // A catalog that cannot be read says so to whoever looks into the history.
    await weigh(app, root, host).catch(() => {});
    if (performance.now() - began > PATIENCE_MS) return;
  }
}
