// A wish for a restore drill: here and now, or by a worker.
import { DRILL_BYTES, DRILL_FILES, parseDrillFiles, parseSeed } from "../domain/drill.ts";
import { PLAIN_RUN, type Run } from "../domain/run.ts";
import { chooseSnapshot, LATEST } from "../domain/snapshot-choice.ts";
import { enqueue } from "../store/run-queue.ts";
import { listSnapshots } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { runAudit } from "./audit-run.ts";
import { requireRun } from "./execute-run.ts";
import { type HostContext, hostContext } from "./host-context.ts";
import type { RunObserver } from "./keep-lease.ts";
import { runNow } from "./run-now.ts";

/** Null is the usual: the newest snapshot, so many files and bytes, and a seed that nobody has chosen. */
export interface DrillWish {
  readonly snapshot: string | null;
  readonly files: number | null;
  readonly bytes: number | null;
  readonly seed: string | null;
}

export const USUAL_DRILL: DrillWish = { snapshot: null, files: null, bytes: null, seed: null };

const SEED_BYTES = 6;

/**
 * Tries it now and waits for the end. A drill that finds something is a result, with the problem in its run.
 *
 * Refuses with `not_found` when there is no such host or snapshot, with `bad_input`, and as every run does.
 */
export async function drillNow(app: App, host: string, wish: DrillWish, observer: RunObserver): Promise<Run> {
  const context = await hostContext(app, host);
  const { options, reads } = await drillRun(app, context, wish);
  return runNow(app, context, "drill", options, observer, reads);
}

/** Queues it for a worker. */
export async function queueDrill(app: App, host: string, wish: DrillWish): Promise<Run> {
  const context = await hostContext(app, host);
  const { options, reads } = await drillRun(app, context, wish);
  const asked = {
    ...({ hostId: context.host.id, kind: "drill", trigger: "manual" } as const),
    ...{ requestedBy: app.requestedBy, options, reads },
  };
  const request = { ...asked, audit: runAudit(app, host, asked) };
  return requireRun(app, await enqueue(app.db, request, app.clock()));
}

/** What is read is held from now on, so that no prune takes it away meanwhile. */
export async function drillRun(app: App, { host, effective }: HostContext, wish: DrillWish) {
  const { files, bytes, seed } = wish;
  const complete = await listSnapshots(app.db, { hostId: host.id, states: ["complete"] });
  const snapshot = chooseSnapshot(host.name, complete, wish.snapshot ?? LATEST, effective.values.timeZone);
  const task = {
    ...({ do: "drill", snapshot: snapshot.name } as const),
    files: parseDrillFiles(files ?? DRILL_FILES),
    bytes: bytes ?? DRILL_BYTES,
    seed: parseSeed(seed ?? app.randomHex(SEED_BYTES)),
  };
  // Another attempt would try the same once more, and what it found must not be forgotten over it.
  return { options: { ...PLAIN_RUN, retry: false, task }, reads: [snapshot.id] };
}
