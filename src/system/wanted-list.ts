// The names of what has to come from a host, as one list or as several, each for a stream of its own.
import { lstatSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { linkGroups, sharing, type ToFetch } from "../domain/streams.ts";
import { type NameList, nameList } from "./comparison.ts";
import { type Half, halvesIn, moveHalf } from "./half-files.ts";
import type { LogItem } from "./log-items.ts";
import { partialOf } from "./snapshot-tree.ts";

export interface WantedList extends NameList {
  /** Without an item nobody knows what kind of entry it is. */
  readonly add: (path: Buffer, item?: LogItem) => void;
  /** The regular files of a list that can be split; any other has none. */
  readonly files: () => ToFetch;
  /** After it was closed. */
  readonly split: (streams: number, into: SplitPlaces) => Promise<SplitList>;
}

export interface SplitPlaces {
  /** Where the lists are made. */
  readonly folder: string;
  /** Where all of them fetch into. */
  readonly tree: string;
  /** Half-sent files of earlier attempts; the first stream's. */
  readonly partial: string;
}

/** A stream's files, none of which is another one's. */
export interface StreamList {
  readonly file: string;
  readonly partial: string;
  readonly bytes: number;
}

export interface SplitList {
  readonly streams: readonly StreamList[];
  /** All that is no regular file, and the folders in which those lie. */
  readonly rest: { readonly file: string; readonly count: number };
}

/** Stands in the list of sizes for what is no regular file. */
const NO_FILE = -1;
const NO_NAMES: Buffer = Buffer.alloc(0);
const SLASH = 0x2f;

/**
 * @param base the tree with which the host is compared, where names of one file may have been found together already; null: nothing
 * @param maySplit whether what a split needs is kept in mind: a number for each name, and hard links
 */
export function wantedList(path: string, base: string | null, maySplit: boolean): WantedList {
  const list = nameList(path);
  const sizes: number[] = [];
  const groups = linkGroups();
  let [hasInodes, canSplit, count, total, largest] = [false, maySplit, 0, 0, 0];
  // rsync says which other name a file has, unless the base has both names for one file already.
  const inodeOf = (name: Buffer): string | null => {
    if (base === null) return null;
    const place = Buffer.concat([Buffer.from(`${base}/`), name]);
    const facts = lstatSync(place, { bigint: true, throwIfNoEntry: false });
    return facts?.isFile() === true ? `\0${facts.ino}` : null;
  };
  const noteGroup = (name: Buffer, { leader }: LogItem): void => {
    const other = leader === null ? inodeOrNothing(() => inodeOf(name)) : leader.toString("latin1");
    if (other === null) canSplit = false;
    else groups.join(name.toString("latin1"), other);
    hasInodes ||= leader === null;
  };
  const joinByInode = async (): Promise<void> => {
    let at = 0;
    for await (const names of namesIn(path))
      for (const name of names) {
        const isFile = sizes[at++] !== NO_FILE;
        const inode = isFile ? inodeOrNothing(() => inodeOf(name)) : null;
        if (inode !== null && groups.of(inode) !== null) groups.join(name.toString("latin1"), inode);
      }
  };
  return {
    ...list,
    add: (name, item) => {
      list.add(name);
      if (!canSplit) return;
      if (item === undefined) {
        canSplit = false;
        return;
      }
      // A further name brings nothing but itself.
      const bytes = item.isFurtherName ? 0 : item.bytes;
      sizes.push(item.isFile ? bytes : NO_FILE);
      if (!item.isFile) return;
      count += 1;
      total += bytes;
      largest = Math.max(largest, bytes);
      if (item.isFurtherName) noteGroup(name, item);
    },
    files: () => (canSplit ? { count, bytes: total, largest } : { count: 0, bytes: 0, largest: 0 }),
    split: async (streams, places) => {
      if (hasInodes) await joinByInode();
      return splitList(path, sizes, (name) => groups.of(name), streams, places);
    },
  };
}

/** A name that leads through what is no folder by now has nothing to be found at. */
function inodeOrNothing(look: () => string | null): string | null {
  try {
    return look();
  } catch (error) {
    if (["ENOTDIR", "ELOOP", "ENAMETOOLONG"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return null;
    throw error;
  }
}

async function splitList(
  path: string,
  sizes: readonly number[],
  groupOf: (name: string) => string | null,
  streams: number,
  { folder, tree, partial }: SplitPlaces,
): Promise<SplitList> {
  await mkdir(folder, { mode: 0o700 });
  const partials = Array.from({ length: streams }, (_, at) => partialOf(partial, at));
  for (const place of partials) await mkdir(place, { mode: 0o700, recursive: true });
  // Each stream would make the tree, as rsync does, and find that another one just had.
  await mkdir(tree, { recursive: true });
  const lists = partials.map((_, at) => nameList(join(folder, String(at))));
  const rest = nameList(join(folder, "rest"));
  const bytes = partials.map(() => 0);
  const halves = await halvesIn(partial);
  const suitors: Suitors = new Map();
  const placeOf = sharing(streams);
  let [at, parent] = [0, NO_NAMES];
  try {
    for await (const names of namesIn(path))
      for (const name of names) {
        const size = sizes[at++] ?? NO_FILE;
        if (size === NO_FILE) {
          rest.add(name);
          continue;
        }
        const group = groupOf(name.toString("latin1"));
        const stream = placeOf(size, group);
        lists[stream]?.add(name);
        bytes[stream] = (bytes[stream] ?? 0) + size;
        const folderOf = name.subarray(0, Math.max(0, name.lastIndexOf(SLASH)));
        if (folderOf.length > 0 && !folderOf.equals(parent)) rest.add(folderOf);
        parent = folderOf;
        const base = name.subarray(folderOf.length === 0 ? 0 : folderOf.length + 1);
        noteSuitor(suitors, halves, base, size, stream);
      }
  } finally {
    for (const list of [...lists, rest]) list.close();
  }
  await giveHalves(partial, halves, suitors);
  return {
    streams: partials.map((place, stream) => ({
      file: join(folder, String(stream)),
      partial: place,
      bytes: bytes[stream] ?? 0,
    })),
    rest: { file: join(folder, "rest"), count: rest.count() },
  };
}

/**
 * Sees to it that each half lies with a stream that has a file which it can be half of. Where it lies is best: a stream gets the
 * same files as in the attempt before, when nothing has changed.
 */
async function giveHalves(partial: string, halves: readonly Half[], suitors: Suitors): Promise<void> {
  for (const half of halves) {
    const streams = suitors.get(half) ?? new Set();
    const [other] = [...streams];
    if (!streams.has(half.stream) && other !== undefined) await moveHalf(partial, half, other);
  }
}

/** The streams that have such a file. */
type Suitors = Map<Half, Set<number>>;

function noteSuitor(
  suitors: Suitors,
  halves: readonly Half[],
  name: Buffer,
  size: number,
  stream: number,
): void {
  const key = halves.length === 0 ? "" : name.toString("latin1");
  for (const half of halves)
    if (half.name === key && half.bytes <= size)
      suitors.set(half, (suitors.get(half) ?? new Set()).add(stream));
}

const PIECE_BYTES = 256 * 1024;

/** The names of a list without the slash before them, many at a time. Others get their turn in between. */
async function* namesIn(path: string): AsyncGenerator<Buffer[]> {
  const file = await open(path, "r");
  try {
    let carry = NO_NAMES;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PIECE_BYTES), 0, PIECE_BYTES, null);
      if (bytesRead === 0) return;
      const text = Buffer.concat([carry, buffer.subarray(0, bytesRead)]);
      const names: Buffer[] = [];
      let at = 0;
      for (let end = text.indexOf(0); end >= 0; end = text.indexOf(0, at)) {
        names.push(text.subarray(at + 1, end));
        at = end + 1;
      }
      carry = text.subarray(at);
      yield names;
      await setImmediate();
    }
  } finally {
    await file.close();
  }
}
