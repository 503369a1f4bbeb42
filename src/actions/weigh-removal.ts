// How many bytes of the disk a plan would give back.
import type { Snapshot } from "../domain/snapshot.ts";
import { snapshotFolder } from "../system/snapshot-tree.ts";
import { type Weight, weighTrees } from "../system/weigh-trees.ts";
import { type HostContext, rootHere } from "./host-context.ts";

/** Bytes of the disk; `complete` is false when the time was over: then it is that much at least. */
export type Freeable = Weight;

/** Null when the backup root is not there, so that the plan itself can still be looked at. Changes nothing. */
export async function weighRemoval(
  { site, host }: HostContext,
  snapshots: readonly Pick<Snapshot, "name">[],
  withinMs: number,
  stop?: AbortSignal,
): Promise<Freeable | null> {
  const root = await rootHere(site).catch(() => null);
  if (root === null) return null;
  const folders = snapshots.map(({ name }) => snapshotFolder(root, host.name, name));
  return weighTrees(folders, withinMs, stop);
}
