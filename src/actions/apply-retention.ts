// A person's word that what no rule keeps may go: looked at once more, then done here or queued for a worker.
import { PLAIN_RUN, type Run, type RunOptions } from "../domain/run.ts";
import type { RunTask } from "../domain/run-task.ts";
import { requireSnapshotName, type Snapshot } from "../domain/snapshot.ts";
import { enqueue } from "../store/run-queue.ts";
import { findSnapshot, listSnapshots } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { runAudit } from "./audit-run.ts";
import { requireRun } from "./execute-run.ts";
import { type HostContext, hostContext } from "./host-context.ts";
import type { RunObserver } from "./keep-lease.ts";
import { type HostRetention, planHostRetention } from "./plan-retention.ts";
import { requireConsent } from "./prune-host.ts";
import { runNow } from "./run-now.ts";

export type ApplyOptions = Pick<RunOptions, "maxDelete" | "overrideHold">;

export interface Pruned {
  /** The plan that the person agreed to. */
  readonly before: HostRetention;
  readonly run: Run;
  /** What the run took away, as it is on record afterwards; newest first. */
  readonly removed: readonly Snapshot[];
}

/**
 * Prunes a host now and waits for the end.
 *
 * Refuses before a run is made with `no_policy`, `pruning_held`, `too_many_to_delete` or `host_busy`. A run that fails is a result.
 */
export async function applyRetention(
  app: App,
  context: HostContext,
  options: ApplyOptions,
  observer: RunObserver,
): Promise<Pruned> {
  const before = await planHostRetention(app, context);
  requireConsent(before, options);
  const run = await runNow(app, context, "prune", { ...PLAIN_RUN, ...options, retry: false }, observer);
  return { before, run, removed: await removedBy(app, run) };
}

/** Queues the same for a worker. Refuses likewise; what goes is planned anew when it is done. */
export async function queueRetention(app: App, context: HostContext, options: ApplyOptions): Promise<Pruned> {
  const before = await planHostRetention(app, context);
  requireConsent(before, options);
  const { id: hostId, name } = context.host;
  const asked = {
    ...({ hostId, kind: "prune", trigger: "manual" } as const),
    ...{ requestedBy: app.requestedBy, options: { ...PLAIN_RUN, ...options } },
  };
  const request = { ...asked, audit: runAudit(app, name, asked) };
  const run = await requireRun(app, await enqueue(app.db, request, app.clock()));
  return { before, run, removed: [] };
}

/** Deletes for good what lies in a host's trash, however young. */
export async function emptyTrash(
  app: App,
  hostName: string,
  observer: RunObserver,
): Promise<Omit<Pruned, "before">> {
  const context = await hostContext(app, hostName);
  const hostId = context.host.id;
  const going = new Set((await listSnapshots(app.db, { hostId, states: ["removing"] })).map(({ id }) => id));
  const run = await doTask(app, context, { do: "empty-trash", all: true }, observer);
  const gone = await listSnapshots(app.db, { hostId, states: ["removed"] });
  return { run, removed: gone.filter(({ id }) => going.has(id)) };
}

export interface BroughtBack {
  readonly run: Run;
  readonly snapshot: Snapshot | null;
}

/** Brings a snapshot back from the trash, pinned for a week. The run fails with `not_in_trash` when it is not there. */
export async function restoreFromTrash(
  app: App,
  hostName: string,
  name: string,
  observer: RunObserver,
): Promise<BroughtBack> {
  const snapshot = requireSnapshotName(name);
  const context = await hostContext(app, hostName);
  const run = await doTask(app, context, { do: "restore-from-trash", snapshot }, observer);
  return { run, snapshot: await findSnapshot(app.db, context.host.id, snapshot) };
}

const doTask = (app: App, context: HostContext, task: RunTask, observer: RunObserver): Promise<Run> =>
  runNow(app, context, "prune", { ...PLAIN_RUN, retry: false, task }, observer);

async function removedBy(app: App, run: Run): Promise<Snapshot[]> {
  const all = await listSnapshots(app.db, { hostId: run.hostId, states: ["removing", "removed"] });
  // Also what an earlier run had marked before it died.
  const deleted = new Set<unknown>(Array.isArray(run.result?.removed) ? run.result.removed : []);
  return all.filter(({ name, removalRunId }) => removalRunId === run.id || deleted.has(name));
}
