// Removing a tree: fast, calm, and without touching anything that lies outside of it.
import { lstat, unlink } from "node:fs/promises";
import { resolve } from "node:path";
import { pathText } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import { calmly } from "./calmly.ts";
import { mountsAtOrBelow } from "./mounts-below.ts";
import { runProgram } from "./program.ts";
import { newTally, type RemovalControl, removeFolder } from "./remove-folder.ts";
import { printableLines } from "./ssh-failure.ts";
import { deleteSubvolumes } from "./subvolume.ts";

export type RemoveTreeOptions = RemovalControl;

export interface RemovedTree {
  /**
   * Bytes of the disk that came free: of folders, and of files whose last name went (blocks, not apparent sizes). Only
   * what this call removed counts. Never too much; too little only when two programs remove the last two names of one
   * file within the same microseconds. Null when it is not known: btrfs gives the room of a subvolume back later, and does
   * not say how much that is.
   */
  readonly freedBytes: number | null;
}

const BLOCK_BYTES = 512;
const LINES_KEPT = 12;

/**
 * Removes a tree, or a file or a link that stands in its place; nothing there is fine too. It may be repeated after a
 * crash at any moment.
 *
 * Links are never followed and only folders are ever made writable, because the files' inodes belong to other snapshots
 * as well. A tree with something mounted in it is left as it is.
 *
 * @throws Problem `server_write_failed` with what stood in the way; the reason of `stop` when that was aborted
 */
export async function removeTree(path: string, options: RemoveTreeOptions = {}): Promise<RemovedTree> {
  options.stop?.throwIfAborted();
  const freed = await removeAnything(resolve(path), options).catch((error: NodeJS.ErrnoException) => {
    options.stop?.throwIfAborted();
    // What the system refuses has a code; the rest is a Problem already, or a bug.
    throw error.code === undefined || error instanceof Problem ? error : failure(path, error.message);
  });
  options.onShare?.(1);
  return { freedBytes: freed === null ? null : freed * BLOCK_BYTES };
}

const failure = (path: string, why: string): Problem =>
  new Problem("server_write_failed", `${path} could not be removed.`, { detail: printableLines(why) });

/** Returns the blocks that came free, or null. */
async function removeAnything(tree: string, options: RemoveTreeOptions): Promise<number | null> {
  const facts = await lstat(tree).catch(ignoringAbsence);
  if (facts === undefined) return 0;
  if (!facts.isDirectory()) {
    await unlink(tree).catch(ignoringAbsence);
    return facts.nlink === 1 ? facts.blocks : 0;
  }
  const mounts = await mountsAtOrBelow(tree);
  if (mounts.length > 0)
    throw failure(tree, mounts.map((point) => `Something is mounted at ${pathText(point)}.`).join("\n"));
  const known = (await deleteSubvolumes(tree, options.stop)) === 0;
  const tally = newTally();
  const freed = (): number | null => (known ? tally.blocks() : null);
  // It may have been one itself.
  if ((await lstat(tree).catch(ignoringAbsence)) === undefined) return freed();
  if ((await removeFolder(tree, options, tally)).code === 0) return freed();
  // Closed folders are no reason to give up.
  await openFolders(tree, options);
  const { code, stderr, startError } = await removeFolder(tree, options, tally);
  if (code === 0) return freed();
  throw failure(tree, startError?.message ?? reasons(stderr));
}

/**
 * Gives us the folders that are closed to their owner; who is root needs that not. Files keep their modes.
 *
 * From within the folder above, so that no path is too long; and each one before find looks into it.
 */
async function openFolders(tree: string, { stop }: RemoveTreeOptions): Promise<void> {
  const argv = ["find", "-P", tree, "-xdev", "-type", "d", "!", "-perm", "-u=rwx"];
  const chmod = ["-execdir", "chmod", "u+rwx", "--", "{}", ";"];
  await runProgram(calmly([...argv, ...chmod]), stop === undefined ? {} : { stop });
  stop?.throwIfAborted();
}

/** That a folder is not empty says nothing when it is also said why. */
function reasons(stderr: string): string {
  const lines = stderr.trim().split("\n");
  const causes = lines.filter((line) => !line.endsWith(": Directory not empty"));
  return (causes.length > 0 ? causes : lines).slice(0, LINES_KEPT).join("\n");
}

function ignoringAbsence(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
