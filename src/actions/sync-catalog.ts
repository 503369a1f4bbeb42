// Keeping a host's catalog true: what is complete on disk is in it, and nothing else.
import { join } from "node:path";
import { setImmediate as pause } from "node:timers/promises";
import {
  type Catalog,
  forgetSnapshot,
  type IndexedBy,
  indexedSnapshots,
  isDamage,
  openCatalog,
  PLACES_A_MILLISECOND,
  purge,
} from "../catalog/catalog.ts";
import type { Host } from "../domain/host.ts";
import { Problem } from "../domain/problem.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { catalogFile, discardCatalog, requireCatalogPlace } from "../system/catalog-file.ts";
import { folderExists } from "../system/folder.ts";
import { dataFolder, readMetadata, snapshotFolder } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { indexSnapshot } from "./index-snapshot.ts";

export interface SyncOptions {
  /** Told before each snapshot is indexed. */
  readonly onIndexing?: (name: string, at: number, of: number) => void;
  readonly stop?: AbortSignal;
  /** How many snapshots are indexed at most, the oldest first; all of them when it is left out. */
  readonly atMost?: number;
  /** It has proved to be damaged: make it anew, whatever it looks like. */
  readonly anew?: boolean;
}

export interface CatalogSync {
  readonly indexed: readonly { readonly name: string; readonly by: IndexedBy }[];
  /** It was damaged, or of another version, and was made anew. */
  readonly rebuilt: boolean;
}

/**
 * Takes out what is gone and indexes what is missing, oldest first. A catalog that cannot be used is made anew: everything
 * in it comes from the snapshots. Refuses with `catalog_unusable` when something else lies in its place.
 */
export async function syncCatalog(
  app: App,
  root: string,
  host: Host,
  options: SyncOptions = {},
): Promise<CatalogSync> {
  const file = catalogFile(root, host.name);
  requireCatalogPlace(file);
  try {
    if (options.anew !== true)
      return { indexed: await bringUpToDate(app, root, host, file, options), rebuilt: false };
  } catch (error) {
    if (!isDamaged(error)) throw error;
  }
  await discardCatalog(file);
  return { indexed: await bringUpToDate(app, root, host, file, options), rebuilt: true };
}

/** Whether it can only be made anew: by our own word, or by what SQLite says of it. */
export const isDamaged = (error: unknown): boolean =>
  error instanceof Problem ? error.code === "catalog_unusable" : isDamage(error);

async function bringUpToDate(
  app: App,
  root: string,
  host: Host,
  file: string,
  { onIndexing, stop, atMost }: SyncOptions,
): Promise<CatalogSync["indexed"]> {
  const complete = (await listSnapshots(app.db, { hostId: host.id, states: ["complete"] })).reverse();
  const catalog = openCatalog(file, "write");
  try {
    const known = indexedSnapshots(catalog);
    const names = new Set(complete.map(({ name }) => name));
    const gone = known.filter(({ name }) => !names.has(name));
    const isKnown = new Set(known.map(({ name }) => name));
    const missing = complete.filter(({ name }) => !isKnown.has(name)).slice(0, atMost);
    const indexed: { name: string; by: IndexedBy }[] = [];
    for (const [at, snapshot] of missing.entries()) {
      stop?.throwIfAborted();
      onIndexing?.(snapshot.name, at + 1, missing.length);
      try {
        const by = await indexOne(catalog, root, host, snapshot, stop);
        if (by !== null) indexed.push({ name: snapshot.name, by });
      } catch (error) {
        // One that cannot be read must not keep the others from being found.
        if (stop?.aborted === true || isDamaged(error)) throw error;
      }
    }
    // Last: what a prune has just taken away may be the base from which the new snapshot tells its differences.
    for (const { name } of gone) forgetSnapshot(catalog, name);
    if (gone.length > 0) for (const _ of purge(catalog)) await pause();
    return indexed;
  } finally {
    catalog.close();
  }
}

/** Null: it is not on disk, which discovery will notice. */
async function indexOne(
  catalog: Catalog,
  root: string,
  host: Host,
  snapshot: Snapshot,
  stop?: AbortSignal,
): Promise<IndexedBy | null> {
  const data = dataFolder(root, host.name, snapshot.name);
  // Of another tool's tree that was adopted in place there is only a link.
  const tree = snapshot.adoptedFrom ?? data;
  if (!(await folderExists(tree))) return null;
  const metadata = await readMetadata(root, host.name, snapshot.name);
  const log = join(snapshotFolder(root, host.name, snapshot.name), "rsync.log.gz");
  const seq = placeOf(catalog, snapshot.startedAt);
  return indexSnapshot(
    catalog,
    {
      ...{ name: snapshot.name, seq, data, log, fakeSuper: snapshot.fakeSuper },
      metadata: typeof metadata === "string" ? null : metadata,
    },
    stop,
  );
}

function placeOf(catalog: Catalog, startedAt: Date): number {
  const taken = new Set(indexedSnapshots(catalog).map(({ seq }) => seq));
  let place = startedAt.getTime() * PLACES_A_MILLISECOND;
  while (taken.has(place)) place += 2;
  return place;
}
