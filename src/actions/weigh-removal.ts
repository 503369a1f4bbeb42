// How many bytes of the disk a plan would give back.
import { indexedSnapshots, openCatalog } from "../catalog/catalog.ts";
import { freeableBytes } from "../catalog/space.ts";
import type { Host } from "../domain/host.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { Database } from "../store/database.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { catalogExists, catalogFile } from "../system/catalog-file.ts";
import { dataFolder, snapshotFolder } from "../system/snapshot-tree.ts";
import { isSubvolume } from "../system/subvolume.ts";
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
  const names = snapshots.map(({ name }) => name);
  const areSubvolumes = await Promise.all(
    names.map((name) => isSubvolume(dataFolder(root, host.name, name))),
  );
  // Only the catalog knows what subvolumes share: on the disk each of them seems to have everything.
  if (areSubvolumes.includes(true)) return byCatalog(catalogFile(root, host.name), names);
  const folders = names.map((name) => snapshotFolder(root, host.name, name));
  return weighTrees(folders, withinMs, stop);
}

/**
 * About how much comes back of a snapshot that was deleted, where the disk could not say so; null where the catalog does not know
 * the snapshot, or cannot be read.
 */
export async function freedByCatalog(
  db: Database,
  root: string,
  { id, name: host }: Pick<Host, "id" | "name">,
  snapshot: string,
): Promise<number | null> {
  const gone = await listSnapshots(db, { hostId: id, states: ["removed"] });
  try {
    const { bytes, complete } = byCatalog(
      catalogFile(root, host),
      [snapshot],
      gone.map(({ name }) => name),
    );
    return complete ? bytes : null;
  } catch {
    // The snapshot is gone all the same, and whoever needs the catalog next says what is wrong with it.
    return null;
  }
}

/** As far as the catalog knows the snapshots. */
function byCatalog(file: string, names: readonly string[], gone: readonly string[] = []): Freeable {
  if (!catalogExists(file)) return { bytes: 0, complete: false };
  const catalog = openCatalog(file, "read");
  try {
    const known = new Set(indexedSnapshots(catalog).map(({ name }) => name));
    const bytes = freeableBytes(catalog, new Set(names), new Set(gone));
    return { bytes, complete: names.every((name) => known.has(name)) };
  } finally {
    catalog.close();
  }
}
