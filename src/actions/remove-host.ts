// Removing a host from SQL, and its snapshots from the disk when that was said.
import { countText } from "../domain/count-text.ts";
import { Problem } from "../domain/problem.ts";
import { deleteHost } from "../store/hosts.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { requireRoot } from "../system/backup-root.ts";
import { deleteHostTree, hostFolder } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { hostContext } from "./host-context.ts";
import { busyProblem, settleHost } from "./settle-lost-run.ts";

export interface RemovedHost {
  readonly name: string;
  readonly snapshots: number;
  readonly deleted: boolean;
  /** Where kept snapshots lie. */
  readonly folder: string;
}

/**
 * Refuses while a run owns the host, and when there are snapshots but it was not said what becomes of them.
 *
 * SQL first: should the deletion be interrupted, what is left on disk is found again by discovery.
 */
export async function removeHost(
  app: App,
  name: string,
  snapshots: "keep" | "delete" | "unsaid",
): Promise<RemovedHost> {
  const context = await hostContext(app, name);
  const { host, site } = context;
  const held = await settleHost(app, context);
  if (held !== null) throw busyProblem(name, held);
  const count = (await listSnapshots(app.db, { hostId: host.id, states: ["complete", "removing"] })).length;
  if (count > 0 && snapshots === "unsaid")
    throw new Problem(
      "confirmation_needed",
      `${name} has ${countText(count, "snapshot")}; say what becomes of them.`,
      {
        hint: `pobsync remove-host ${name} --yes --keep-snapshots, or --delete-snapshots`,
      },
    );
  if (snapshots === "delete") await requireRoot(site.backupRoot, site.rootId);
  if (!(await deleteHost(app.db, host.id)))
    throw new Problem("host_busy", `A run of ${name} began at this moment; nothing was removed.`);
  if (snapshots === "delete") await deleteHostTree(site.backupRoot, name);
  return {
    name,
    snapshots: count,
    deleted: snapshots === "delete",
    folder: hostFolder(site.backupRoot, name),
  };
}
