// Looking at chosen entries of a tree and into chosen folders. Nothing is opened or followed; names stay bytes.
import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { setImmediate as pause } from "node:timers/promises";
import type { EntryType } from "../domain/entry.ts";
import { isSubvolume } from "./subvolume.ts";
import { bornInode, safeInode, type WalkedEntry } from "./walked-entry.ts";

/**
 * So many looks in a row before anybody else in this process gets a turn: what was just written is in memory, where a look
 * takes 10 µs. Asking for each through the thread pool takes three times as long, and a program of its own is no faster.
 */
const LOOKS_IN_A_ROW = 64;

const SLASH = Buffer.from("/");

/** Calls `take` for those of these paths that exist, in their order. */
export async function lookAtPaths(
  tree: string,
  paths: readonly Buffer[],
  take: (entry: WalkedEntry) => void,
  stop?: AbortSignal,
): Promise<void> {
  const prefix = Buffer.from(`${tree}/`);
  const byBirth = await isSubvolume(tree);
  for (const [at, path] of paths.entries()) {
    if (at % LOOKS_IN_A_ROW === LOOKS_IN_A_ROW - 1) await pause();
    stop?.throwIfAborted();
    const entry = lookAt(Buffer.concat([prefix, path]), path, byBirth);
    if (entry !== null) take(entry);
  }
}

const MODE_TYPES: Readonly<Record<number, EntryType>> = {
  ...{ 1: "p", 2: "c", 4: "d", 6: "b", 8: "f", 10: "l", 12: "s" },
};
const NANOSECONDS = 1_000_000_000n;

// Also before 1970 the fraction counts forwards from whole seconds.
const fractionOf = (time: bigint): bigint => ((time % NANOSECONDS) + NANOSECONDS) % NANOSECONDS;

function bornInodeOf({ ino, birthtimeNs }: BigIntStats): number | null {
  const fraction = fractionOf(birthtimeNs);
  const seconds = Number((birthtimeNs - fraction) / NANOSECONDS);
  return bornInode(Number(ino), { seconds, nanoseconds: Number(fraction) });
}

/** The number of one entry of a subvolume; null when it is not there. */
export function bornInodeAt(full: Buffer): number | null {
  const found = lstatSync(full, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : bornInodeOf(found);
}

/** What lies at a place, under the path by which it is known. Null: nothing. */
export function lookAt(full: Buffer, path: Buffer, byBirth: boolean): WalkedEntry | null {
  const found = lstatSync(full, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return null;
  const mode = Number(found.mode);
  const type = MODE_TYPES[mode >> 12] ?? "f";
  const fraction = fractionOf(found.mtimeNs);
  return {
    path,
    facts: {
      ...{ type, size: type === "d" ? 0 : Number(found.size), mode: mode & 0o7777 },
      mtimeSeconds: Number((found.mtimeNs - fraction) / NANOSECONDS),
      mtimeNanoseconds: Number(fraction),
      ...{ uid: Number(found.uid), gid: Number(found.gid), blocks: Number(found.blocks) },
      target: type === "l" ? readlinkSync(full, { encoding: "buffer" }) : null,
      inode: type === "d" ? null : byBirth ? bornInodeOf(found) : safeInode(Number(found.ino)),
    },
  };
}

/** Calls `take` for each of these folders with the names in it, one character a byte; with none when it is not there. */
export async function lookIntoFolders(
  tree: string,
  folders: readonly Buffer[],
  take: (folder: Buffer, names: readonly string[]) => void,
  stop?: AbortSignal,
): Promise<void> {
  const prefix = Buffer.from(tree);
  for (const [at, folder] of folders.entries()) {
    if (at % LOOKS_IN_A_ROW === LOOKS_IN_A_ROW - 1) await pause();
    stop?.throwIfAborted();
    take(folder, namesIn(folder.length === 0 ? prefix : Buffer.concat([prefix, SLASH, folder])));
  }
}

function namesIn(folder: Buffer): string[] {
  try {
    // As Latin-1, which keeps every byte: a buffer for each name would take three times as long.
    return readdirSync(folder, { encoding: "latin1" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
