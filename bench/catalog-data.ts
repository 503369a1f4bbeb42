// A host's catalog as it is after a hundred nights: each of them changed, added and removed 1 % of the files.
import { setImmediate as pause } from "node:timers/promises";
import { type Catalog, indexedSnapshots, PLACES_A_MILLISECOND } from "../src/catalog/catalog.ts";
import { beginIndexing } from "../src/catalog/indexing.ts";
import type { EntryFacts } from "../src/domain/entry.ts";
import { snapshotName } from "../src/domain/snapshot.ts";
import { below, randomBytes, seededRandom } from "../tests/support/random.ts";
import { type CatalogTree, changeTree, type Night, pathOf, plantTree } from "./catalog-tree.ts";
import { exponential } from "./corpus.ts";

export type CatalogShape = {
  /** In each snapshot. */
  readonly files: number;
  readonly snapshots: number;
};

export type IndexedNight = { readonly name: string; readonly startedAt: Date; readonly entries: number };

const SEED = 20_261_126;
const DAY_MS = 86_400_000;
const FIRST_NIGHT = Date.parse("2026-08-16T02:15:00Z");
const MEAN_BYTES = 65_536;
const BLOCK_BYTES = 4096;
/** Entries after which others get a turn: whoever interrupts must not wait for the whole snapshot. */
const AT_ONCE = 20_000;

/** Fills an empty catalog, a snapshot a night, oldest first; `onNight` is told of each. */
export async function fillCatalog(
  catalog: Catalog,
  { files, snapshots }: CatalogShape,
  onNight: (night: IndexedNight) => Promise<unknown>,
  stop: AbortSignal,
): Promise<CatalogTree> {
  const random = seededRandom(SEED);
  const tree = plantTree(random, files, snapshots);
  for (let at = 0; at < snapshots; at++) {
    const night = at === 0 ? firstNight(tree) : changeTree(random, tree);
    const startedAt = new Date(FIRST_NIGHT + at * DAY_MS);
    const name = snapshotName({ startedAt, kind: "scheduled", suffix: at.toString(16).padStart(6, "0") });
    await indexNight(catalog, tree, night, { name, startedAt, random, stop });
    const entries = indexedSnapshots(catalog).at(-1)?.entries ?? 0;
    await onNight({ name, startedAt, entries });
  }
  return tree;
}

/** Everything is new. */
const firstNight = (tree: CatalogTree): Night => ({
  folders: tree.folders.map((_, at) => at),
  files: Array.from({ length: tree.given }, (_, number) => number),
  gone: [],
});

type Telling = {
  readonly name: string;
  readonly startedAt: Date;
  readonly random: () => number;
  readonly stop: AbortSignal;
};

/** Tells the catalog what rsync's log would: folder by folder, and what is gone at the end. */
async function indexNight(
  catalog: Catalog,
  tree: CatalogTree,
  night: Night,
  { name, startedAt, random, stop }: Telling,
): Promise<void> {
  const indexing = beginIndexing(catalog, name, startedAt.getTime() * PLACES_A_MILLISECOND);
  const facts = factsOn(random, startedAt);
  const told = [
    ...night.folders.map((folder) => ({ folder, number: -1 })),
    ...night.files.map((number) => ({ folder: tree.folderOf[number] ?? 0, number })),
  ].sort((one, other) => one.folder - other.folder || one.number - other.number);
  let isWhole = false;
  try {
    for (const [at, { folder, number }] of told.entries()) {
      if (number < 0) indexing.isThere(Buffer.from(tree.folders[folder] ?? ""), facts("d"), null);
      else indexing.isThere(Buffer.from(pathOf(tree, number)), facts("f"), randomBytes(random, 16));
      if (at % AT_ONCE === AT_ONCE - 1) await pause();
      stop.throwIfAborted();
    }
    for (const number of night.gone) indexing.isGone(Buffer.from(pathOf(tree, number)));
    isWhole = true;
  } finally {
    if (isWhole) indexing.commit("log");
    else indexing.abort();
  }
}

/** Facts of entries that came that night; a file that is changed is stored as a new one. */
function factsOn(random: () => number, night: Date): (type: "d" | "f") => EntryFacts {
  const nightSeconds = Math.floor(night.getTime() / 1000);
  return (type) => {
    const size = type === "d" ? 0 : exponential(random, MEAN_BYTES);
    const uid = 1000 + below(random, 5);
    return {
      ...{ type, size, uid, gid: uid, target: null },
      ...{ mtimeSeconds: nightSeconds - below(random, 80_000), mtimeNanoseconds: below(random, 1e9) },
      mode: Number.parseInt(type === "d" ? "755" : "644", 8),
      inode: type === "d" ? null : 1 + below(random, 2 ** 32),
      blocks: Math.ceil(size / BLOCK_BYTES) * 8,
    };
  };
}

/** A file that some snapshot has; it may be gone by now. */
export const anyPath = (random: () => number, tree: CatalogTree): string =>
  pathOf(tree, below(random, tree.given));

/** One of the usual folders, which hold some 25 files and a few folders. */
export const anyFolder = (random: () => number, tree: CatalogTree): string =>
  tree.folders[below(random, tree.folders.length - 2)] ?? "";
