// Looking at entries of a tree in whichever way it keeps their owners, modes and kinds.
import { Problem } from "../domain/problem.ts";
import { type Decoded, decodeEntries, decodeTree } from "./decoded-tree.ts";
import { lookAt, lookAtPaths } from "./look-at-paths.ts";
import { walkTree } from "./walk-tree.ts";
import type { WalkedEntry } from "./walked-entry.ts";

/** A tree, and whether it keeps them in attributes. */
export interface KeptTree {
  readonly tree: string;
  readonly fakeSuper: boolean;
}

/** Calls `take` for those of these paths that exist, in their order. */
export async function lookAtKept(
  { tree, fakeSuper }: KeptTree,
  paths: readonly Buffer[],
  take: (entry: WalkedEntry) => void,
  stop?: AbortSignal,
): Promise<void> {
  if (!fakeSuper) return lookAtPaths(tree, paths, take, stop);
  const decoded = await decodeEntries(tree, paths, stop);
  const joined = (entry: WalkedEntry): void =>
    take(withDecoded(tree, entry, decoded.get(entry.path.toString("latin1"))));
  return lookAtPaths(tree, paths, joined, stop);
}

/** Calls `take` for each entry below a tree, folders before what they hold. Stays on its file system. */
export async function walkKept(
  { tree, fakeSuper }: KeptTree,
  take: (entry: WalkedEntry) => void,
  stop?: AbortSignal,
): Promise<void> {
  if (!fakeSuper) return walkTree(tree, take, stop);
  const prefix = Buffer.from(`${tree}/`);
  return decodeTree(
    tree,
    ({ path, ...decoded }) => {
      // Who is not root has no subvolumes.
      const entry = lookAt(Buffer.concat([prefix, path]), path, false);
      if (entry !== null) take(withDecoded(tree, entry, decoded));
    },
    stop,
  );
}

/** Sizes, times and inodes are those of what lies there: of a link in an attribute, its file holds where it points. */
function withDecoded(tree: string, { path, facts }: WalkedEntry, decoded: Decoded | undefined): WalkedEntry {
  if (decoded === undefined)
    throw new Problem("content_unreadable", `Not everything in ${tree} could be read.`);
  return { path, facts: { ...facts, ...decoded } };
}
