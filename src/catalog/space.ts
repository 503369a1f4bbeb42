// Room on the disk: what each snapshot brought, and what only it still has.
import { type Catalog, indexedSnapshots } from "./catalog.ts";

/** Of one snapshot, in bytes of the disk. */
export interface SnapshotSpace {
  readonly snapshot: string;
  /** Stored files that it was the first to have, of those that are still there, and its own folders. */
  readonly addedBytes: number;
  /** What only it has: what deleting it alone would give back. */
  readonly onlyHereBytes: number;
}

interface Row {
  first: number;
  last: number;
  inode: number | null;
  blocks: number;
}

const BLOCK_BYTES = 512;

/**
 * Of each snapshot, oldest first. A stored file counts once, under its inode, however many names and snapshots show it.
 *
 * Everything is looked through once, in the order of inodes: a second or two for a million files.
 */
export function spaceOf(catalog: Catalog): SnapshotSpace[] {
  const snapshots = indexedSnapshots(catalog);
  const places = snapshots.map(({ seq }) => seq);
  const added = new Float64Array(snapshots.length);
  const only = new Float64Array(snapshots.length);
  const from = (seq: number): number => lowerBound(places, seq);
  const until = (seq: number): number => lowerBound(places, seq + 1) - 1;
  for (const { oldest, newest, blocks } of storedFiles(catalog, from, until)) {
    added[oldest] = (added[oldest] ?? 0) + blocks;
    if (oldest === newest) only[oldest] = (only[oldest] ?? 0) + blocks;
  }
  const folders = folderBlocks(catalog, places, from, until);
  return snapshots.map(({ name }, at) => ({
    snapshot: name,
    addedBytes: ((added[at] ?? 0) + (folders[at] ?? 0)) * BLOCK_BYTES,
    onlyHereBytes: ((only[at] ?? 0) + (folders[at] ?? 0)) * BLOCK_BYTES,
  }));
}

/**
 * What deleting these snapshots together gives back, in bytes of the disk: files that no other one has. Folders are left out, for
 * who asks has subvolumes of btrfs, where they have no blocks of their own.
 *
 * @param gone others that are in the catalog still and not on the disk
 */
export function freeableBytes(
  catalog: Catalog,
  going: ReadonlySet<string>,
  gone: ReadonlySet<string>,
): number {
  const snapshots = indexedSnapshots(catalog);
  const places = snapshots.map(({ seq }) => seq);
  // Before each place, how many stay, and how many go.
  const [staying, leaving] = [[0], [0]];
  for (const { name } of snapshots) {
    const stays = !going.has(name) && !gone.has(name);
    staying.push((staying.at(-1) ?? 0) + (stays ? 1 : 0));
    leaving.push((leaving.at(-1) ?? 0) + (going.has(name) ? 1 : 0));
  }
  let blocks = 0;
  const files = storedFiles(
    catalog,
    (seq) => lowerBound(places, seq),
    (seq) => lowerBound(places, seq + 1) - 1,
  );
  for (const { oldest, newest, blocks: own } of files)
    if (staying[oldest] === staying[newest + 1] && leaving[oldest] !== leaving[newest + 1]) blocks += own;
  return blocks * BLOCK_BYTES;
}

interface StoredRange {
  readonly oldest: number;
  readonly newest: number;
  readonly blocks: number;
}

/** Every stored file with the first and the last snapshot that has it, as numbers among all of them. */
function* storedFiles(
  catalog: Catalog,
  from: (seq: number) => number,
  until: (seq: number) => number,
): Generator<StoredRange> {
  let file: { inode: number | null; oldest: number; newest: number; blocks: number } | null = null;
  const rows = catalog
    .prepare("SELECT first, last, inode, blocks FROM versions WHERE type <> 'd' ORDER BY inode")
    .iterate() as unknown as Iterable<Row>;
  for (const { first, last, inode, blocks } of rows) {
    const [oldest, newest] = [from(first), until(last)];
    // No snapshot has it any more, and its inode may be another file's by now.
    if (oldest > newest) continue;
    if (file !== null && inode !== null && file.inode === inode) {
      file.oldest = Math.min(file.oldest, oldest);
      file.newest = Math.max(file.newest, newest);
      continue;
    }
    if (file !== null) yield file;
    file = { inode, oldest, newest, blocks };
  }
  if (file !== null) yield file;
}

/** Folders are never shared: each snapshot has its own of them. */
function folderBlocks(
  catalog: Catalog,
  places: readonly number[],
  from: (seq: number) => number,
  until: (seq: number) => number,
): number[] {
  const steps = new Float64Array(places.length + 1);
  const rows = catalog
    .prepare("SELECT first, last, blocks FROM versions WHERE type = 'd'")
    .iterate() as unknown as Iterable<Row>;
  for (const { first, last, blocks } of rows) {
    const [oldest, newest] = [from(first), until(last)];
    if (oldest > newest) continue;
    steps[oldest] = (steps[oldest] ?? 0) + blocks;
    steps[newest + 1] = (steps[newest + 1] ?? 0) - blocks;
  }
  let sum = 0;
  return places.map((_, at) => {
    sum += steps[at] ?? 0;
    return sum;
  });
}

/** The first of these places that is not before `seq`. */
function lowerBound(places: readonly number[], seq: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
