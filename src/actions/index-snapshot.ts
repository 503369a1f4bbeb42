// Indexing one snapshot: from what rsync said while it was made when that tells everything, else by walking over its tree.
import { type Catalog, type IndexedBy, indexedSnapshots } from "../catalog/catalog.ts";
import { beginIndexing, type Indexing } from "../catalog/indexing.ts";
import { pathBytes } from "../domain/path-text.ts";
import type { SnapshotMetadata } from "../domain/snapshot-metadata.ts";
import { type LogItem, readLogItems } from "../system/log-items.ts";
import { lookAtKept, walkKept } from "../system/look-at-decoded.ts";
import { lookIntoFolders } from "../system/look-at-paths.ts";
import { walkTree } from "../system/walk-tree.ts";
import type { WalkedEntry } from "../system/walked-entry.ts";

/** A snapshot that lies on disk, or is about to. */
export interface Indexable {
  readonly name: string;
  readonly seq: number;
  readonly data: string;
  readonly log: string;
  /** Owners, modes and kinds are in attributes. */
  readonly fakeSuper: boolean;
  /** Null when it cannot be read. */
  readonly metadata: Pick<SnapshotMetadata, "base" | "stats" | "logTellsAll" | "adopted"> | null;
}

/** Writes a snapshot into the catalog. On return it is in there; on an error the catalog is as it was. */
export async function indexSnapshot(
  catalog: Catalog,
  snapshot: Indexable,
  stop?: AbortSignal,
): Promise<IndexedBy> {
  if (canUseLog(catalog, snapshot) && (await attempt(catalog, snapshot, "log", stop))) return "log";
  if (await attempt(catalog, snapshot, "walk", stop)) return "walk";
  throw new Error(`${snapshot.name} could not be indexed.`);
}

/** rsync tells only what differs from the base, so that must be what the catalog ends with. */
function canUseLog(catalog: Catalog, { seq, metadata }: Indexable): boolean {
  if (metadata === null || metadata.stats === null || !metadata.logTellsAll) return false;
  const newest = indexedSnapshots(catalog).at(-1);
  return newest === undefined ? metadata.base === null : newest.seq < seq && newest.name === metadata.base;
}

async function attempt(
  catalog: Catalog,
  snapshot: Indexable,
  by: IndexedBy,
  stop?: AbortSignal,
): Promise<boolean> {
  const indexing = beginIndexing(catalog, snapshot.name, snapshot.seq);
  let isGood = false;
  try {
    isGood = await (by === "log" ? byLog : byWalk)(indexing, snapshot, stop);
  } finally {
    if (isGood) indexing.commit(by);
    else indexing.abort();
  }
  return isGood;
}

/** So many entries that starting a program for them costs next to nothing. */
const ASKED_TOGETHER = 5000;

/**
 * Costs what changed. False when the log does not tell everything.
 *
 * A folder from which something was deleted is a changed one, so only those are compared with the catalog. What may still be
 * missed then (an exclude that is new, a folder whose time was set back) makes the count of entries differ.
 */
async function byLog(indexing: Indexing, snapshot: Indexable, stop?: AbortSignal): Promise<boolean> {
  const folders: string[] = [];
  const followers = namesToFollow();
  const tree = { tree: snapshot.data, fakeSuper: snapshot.fakeSuper };
  let batch: LogItem[] = [];
  const takeAll = async (): Promise<void> => {
    const checksums = new Map(batch.map(({ path, checksum }) => [path.toString("latin1"), checksum]));
    await lookAtKept(
      tree,
      batch.map(({ path }) => path),
      ({ path, facts }) => indexing.isThere(path, facts, checksums.get(path.toString("latin1")) ?? null),
      stop,
    );
    batch = [];
  };
  const items = readLogItems(snapshot.log);
  for (;;) {
    const next = await items.next();
    if (next.done === true) {
      if (!next.value) return false;
      break;
    }
    for (const { path, isFolder, isNew, leader } of next.value) {
      if (isFolder && !isNew) folders.push(path.toString("latin1"));
      if (leader !== null) followers.add(path, leader);
    }
    // The root has no entry of its own.
    batch.push(...next.value.filter(({ path }) => path.length > 0));
    // A program has to be asked about these.
    if (!snapshot.fakeSuper || batch.length >= ASKED_TOGETHER) await takeAll();
  }
  await takeAll();
  followers.each(indexing.sameContent);
  await lookIntoFolders(
    snapshot.data,
    folders.map((path) => Buffer.from(path, "latin1")),
    (folder, names) => compareFolder(indexing, folder, names),
    stop,
  );
  return indexing.entries() === snapshot.metadata?.stats?.files;
}

/** What came has been told already, so a folder has lost something only when the catalog has more in it than the disk. */
function compareFolder(indexing: Indexing, folder: Buffer, names: readonly string[]): void {
  if (names.length === indexing.countIn(folder)) return;
  const there = new Set(names);
  const prefix = folder.length === 0 ? folder : Buffer.concat([folder, Buffer.from("/")]);
  for (const name of indexing.namesIn(folder))
    if (!there.has(name.toString("latin1"))) indexing.isGone(Buffer.concat([prefix, name]));
}

/** Costs what there is. The log, where there is one, still has the checksums. */
async function byWalk(indexing: Indexing, snapshot: Indexable, stop?: AbortSignal): Promise<boolean> {
  const take = ({ path, facts }: WalkedEntry): void => indexing.isThere(path, facts, null);
  await walkKept({ tree: snapshot.data, fakeSuper: snapshot.fakeSuper }, take, stop);
  await walkAdopted(snapshot, take, stop);
  indexing.restIsGone();
  const followers = namesToFollow();
  for await (const items of readLogItems(snapshot.log))
    for (const { path, checksum, leader } of items) {
      if (checksum !== null) indexing.checksum(path, checksum);
      if (leader !== null) followers.add(path, leader);
    }
  followers.each(indexing.sameContent);
  return true;
}

/**
 * Further names of files, kept until the names that they follow have been told of. As text: a buffer that is kept keeps the
 * 8 KiB from which Node cut it as well, which took 120 MB for the hard links among 500,000 files.
 */
function namesToFollow() {
  const pairs: [name: string, leader: string][] = [];
  return {
    add: (name: Buffer, leader: Buffer): void => {
      pairs.push([name.toString("latin1"), leader.toString("latin1")]);
    },
    each: (take: Indexing["sameContent"]): void => {
      for (const [name, leader] of pairs) take(Buffer.from(name, "latin1"), Buffer.from(leader, "latin1"));
    },
  };
}

/**
 * The tree of another tool that a snapshot stands for: walking over our own folder ends at the link that leads there, and
 * says of it that it is a link. What it leads to takes that entry's place.
 */
async function walkAdopted(
  { metadata }: Indexable,
  take: (entry: WalkedEntry) => void,
  stop?: AbortSignal,
): Promise<void> {
  const adopted = metadata?.adopted ?? null;
  if (adopted === null || adopted.moved) return;
  const prefix = Buffer.from(pathBytes(adopted.hostPath.slice(1)) ?? adopted.hostPath.slice(1));
  const place = (path: Buffer): Buffer =>
    prefix.length === 0 || path.length === 0
      ? Buffer.concat([prefix, path])
      : Buffer.concat([prefix, Buffer.from("/"), path]);
  await walkTree(
    adopted.path,
    ({ path, facts }) => {
      if (path.length > 0 || prefix.length > 0) take({ path: place(path), facts });
    },
    stop,
    "itself too",
  );
}
