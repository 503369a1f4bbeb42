// What runs of kind `prune` do: follow the policy, empty the trash, or bring something back from there.

import { Problem } from "../domain/problem.ts";
import type { RunOptions } from "../domain/run.ts";
import { findRun } from "../store/runs.ts";
import { savePin } from "../store/snapshot-claims.ts";
import { markBroughtBack } from "../store/snapshot-removal.ts";
import { findSnapshot } from "../store/snapshots.ts";
import { notePin } from "../system/snapshot-notes.ts";
import { moveFromTrash, requireOurs, whereaboutsOf } from "../system/trash.ts";
import type { App } from "./app.ts";
import { type ClearedAway, clearAway, type Removal } from "./clear-away.ts";
import { rootHere } from "./host-context.ts";
import { pruneHost } from "./prune-host.ts";

const NOTHING: ClearedAway = { removed: [], trashed: [], freedBytes: 0, failures: [] };

export async function pruneTask(
  app: App,
  removal: Omit<Removal, "root">,
  options: RunOptions,
): Promise<ClearedAway> {
  const { control, site } = removal;
  const { task, maxDelete, overrideHold } = options;
  switch (task?.do) {
    case undefined:
      return pruneHost(app, removal, { maxDelete, overrideHold, justBackedUp: false });
    case "empty-trash": {
      await control.onPhase("pruning");
      const root = await rootHere(site);
      return clearAway(app, { ...removal, root }, task.all);
    }
    case "restore-from-trash": {
      await control.onPhase("pruning");
      const root = await rootHere(site);
      await bringBack(app, { ...removal, root }, task.snapshot);
      return NOTHING;
    }
    case "adopt":
    case "verify":
    case "drill":
    case "restore":
      throw new Problem("internal_error", `A prune cannot ${task.do} anything.`);
    default:
      return task satisfies never;
  }
}

/** How long it stays at least: the next prune would only remove it again. */
export const BROUGHT_BACK_DAYS = 7;

/**
 * SQL first, so that from then on no prune deletes it; then the disk. It may be repeated after a crash in between.
 *
 * What has begun to be deleted has lost files, and is refused with `not_in_trash`.
 */
async function bringBack(app: App, { host, root, holder, control }: Removal, name: string): Promise<void> {
  const snapshot = await findSnapshot(app.db, host.id, name);
  const where = await whereaboutsOf(root, host.name, name);
  const isThere = where === "trash" || (where === "snapshots" && snapshot?.state === "removing");
  if (snapshot === null || snapshot.state === "removed" || !isThere)
    throw new Problem("not_in_trash", `${name} of ${host.name} is not in the trash.`);
  await requireOurs(root, host.name, name);
  if (snapshot.state === "removing" && !(await markBroughtBack(app.db, snapshot.id, holder)))
    await control.requireLease();
  const until = new Date(app.clock().getTime() + BROUGHT_BACK_DAYS * 86_400_000);
  const isKept = snapshot.pin !== null && (snapshot.pin.until === null || snapshot.pin.until >= until);
  // Who asked for the run, not who started the worker that executes it.
  const by = (await findRun(app.db, holder.runId))?.requestedBy ?? app.requestedBy;
  const pin = isKept ? snapshot.pin : { reason: "brought back from the trash", until, by };
  await savePin(app.db, snapshot.id, pin);
  await control.requireLease();
  if (where === "trash") await moveFromTrash(root, host.name, name);
  await notePin(root, host.name, name, pin, app.randomHex(6));
}
