// An entry of a tree as whoever walks over it finds it.
import type { EntryFacts } from "../domain/entry.ts";

export interface WalkedEntry {
  /** Below the tree, without a slash at either end. */
  readonly path: Buffer;
  readonly facts: EntryFacts;
}

/** One that a number cannot hold exactly would be taken for another. */
export const safeInode = (inode: number): number | null => (Number.isSafeInteger(inode) ? inode : null);
