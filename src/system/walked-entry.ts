// An entry of a tree as whoever walks over it finds it.
import type { EntryFacts } from "../domain/entry.ts";

export interface WalkedEntry {
  /** Below the tree, without a slash at either end. */
  readonly path: Buffer;
  readonly facts: EntryFacts;
}

/** One that a number cannot hold exactly would be taken for another. */
export const safeInode = (inode: number): number | null => (Number.isSafeInteger(inode) ? inode : null);

/** When a file was made on this disk, which no program can change. */
export interface Birth {
  readonly seconds: number;
  readonly nanoseconds: number;
}

const INODE_PART = 2 ** 27;
const REST_BITS = 26;

/**
 * What stands for an inode in a subvolume of btrfs. Each subvolume counts its inodes by itself, so two files of two snapshots may
 * have one number. A file that a snapshot took over from another keeps its number and the time at which it was made: both
 * together tell it from every other one. Files that lie beside each other on the disk still do so in the order of these numbers.
 */
export function bornInode(inode: number, { seconds, nanoseconds }: Birth): number | null {
  if (!Number.isSafeInteger(inode) || !Number.isFinite(seconds) || seconds === 0) return null;
  let rest = 0x9747b28c;
  for (const part of [Math.floor(inode / INODE_PART), seconds, nanoseconds]) {
    rest = Math.imul(rest ^ (part | 0), 0x5bd1e995);
    rest ^= rest >>> 15;
  }
  rest = Math.imul(rest, 0x85ebca6b);
  return (inode % INODE_PART) * 2 ** REST_BITS + ((rest ^ (rest >>> 13)) >>> (32 - REST_BITS));
}
