// The story of one look at a host's disk: what an adoption left is finished, and SQL learns what is there and what is not.
import { countText } from "../domain/count-text.ts";
import type { DiscoverResult, FoundSnapshot, RefusedEntry } from "../domain/discovery.ts";
import { Problem } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import type { RunTask } from "../domain/run-task.ts";
import { recordSnapshot } from "../store/run-lease.ts";
import { findRun } from "../store/runs.ts";
import { markFound, type RunHolder } from "../store/snapshot-removal.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { finishAdoptions } from "../system/adopted-tree.ts";
import { pointLatest } from "../system/snapshot-tree.ts";
import { adoptTrees } from "./adopt-trees.ts";
import type { App } from "./app.ts";
import { type HostContext, rootHere } from "./host-context.ts";
import type { RunControl } from "./keep-lease.ts";
import { lookAtHost, resultOf } from "./look-at-host.ts";
import { patiently } from "./patience.ts";

/**
 * Records what lies on disk, and notes what does not any more; no record is ever deleted, and nothing on disk but what a
 * run of ours left half done is touched.
 *
 * The host is the run's own, so nobody makes or removes a snapshot meanwhile. Refuses with `root_not_mounted`.
 */
export async function discoverHost(
  app: App,
  context: HostContext,
  run: Run,
  holder: RunHolder,
  control: RunControl,
): Promise<{ warnings: Problem[]; result: DiscoverResult }> {
  const { host, site } = context;
  await control.onPhase("discovering");
  const root = await rootHere(site);
  const leftovers = await finishAdoptions(root, host.name, control.requireLease);
  const refusedTrees = await doTask(app, root, context, run.options.task, control);
  const look = await lookAtHost(app, root, host);
  // A disk that went away while it was looked at has lost nothing.
  await rootHere(site);
  for (const snapshot of look.unknown) {
    control.stop.throwIfAborted();
    await record(app, host.id, run.id, snapshot, holder);
    control.note(`recorded ${snapshot.name}`);
  }
  for (const [snapshots, state] of [[look.returned, "complete"] as const, [look.gone, "missing"] as const])
    for (const snapshot of snapshots) {
      control.stop.throwIfAborted();
      // False also when a person has just pinned it: then it is as it was, and the next look finds it.
      if (!(await markFound(app.db, snapshot, holder, state))) await control.requireLease();
      control.note(`${snapshot.name} is ${state === "missing" ? "missing" : "there again"}`);
    }
  const [newest] = await listSnapshots(app.db, { hostId: host.id, states: ["complete"] });
  await control.requireLease();
  if (newest !== undefined) await pointLatest(root, host.name, newest.name).catch(() => {});
  const result = resultOf({ ...look, refused: [...leftovers, ...refusedTrees, ...look.refused] });
  for (const { path, why } of result.refused) control.note(`${path} ${why}`);
  return { warnings: warningsOf(host.name, result), result };
}

async function doTask(
  app: App,
  root: string,
  { host }: HostContext,
  task: RunTask | null,
  control: RunControl,
): Promise<RefusedEntry[]> {
  switch (task?.do) {
    case undefined:
      return [];
    case "adopt":
      return adoptTrees(app, root, host, task, control);
    case "empty-trash":
    case "restore-from-trash":
    case "verify":
    case "drill":
    case "restore":
      throw new Problem("internal_error", `A look at the disk cannot do this: ${task.do}.`);
    default:
      return task satisfies never;
  }
}

/** With the run that made it, when that is still in the history: after a database was lost, numbers begin anew. */
async function record(
  app: App,
  hostId: number,
  runId: number,
  snapshot: FoundSnapshot,
  { owner }: RunHolder,
): Promise<void> {
  const maker = snapshot.runId === null ? null : await findRun(app.db, snapshot.runId);
  const isMaker = maker?.hostId === hostId && maker.snapshot === snapshot.name;
  const facts = { ...snapshot, hostId, runId: isMaker ? maker.id : null };
  const isOurs = await patiently(owner.leaseSeconds * 1000, () =>
    recordSnapshot(app.db, runId, owner, facts),
  );
  if (!isOurs) throw new Problem("lease_lost", `Run ${runId} is not this process's any more.`);
}

function warningsOf(host: string, { missing }: DiscoverResult): Problem[] {
  if (missing.length === 0) return [];
  const count = countText(missing.length, "snapshot of", "snapshots of");
  const message = `${count} ${host} ${missing.length === 1 ? "is" : "are"} on record and not on the disk.`;
  const hint =
    "Somebody has moved or removed them, or another disk is mounted. Bring them back and look again; their records stay in any case.";
  return [new Problem("snapshots_missing", message, { hint, detail: missing.join("\n") })];
}
