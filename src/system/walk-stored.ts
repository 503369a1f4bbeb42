// Going through what a snapshot holds below a path, with a way to each entry that leads nowhere else.
import type { Stats } from "node:fs";
import { type FileHandle, lstat, readlink } from "node:fs/promises";
import { Problem } from "../domain/problem.ts";
import { namesIn, openStoredFolder, wayTo } from "./stored-file.ts";

export interface StoredEntry {
  /** Below where the walk began, without a slash at either end. */
  readonly path: Buffer;
  readonly facts: Stats;
  /** How it is reached for as long as nobody has asked for the next one. Its last step must not be followed. */
  readonly here: Buffer;
  /** Where a symbolic link points. */
  readonly target: Buffer | null;
}

const SLASH = Buffer.from("/");

const below = (folder: Buffer, name: Buffer): Buffer =>
  folder.length === 0 ? name : Buffer.concat([folder, SLASH, name]);

/**
 * Every entry below a folder of a tree: of each folder what lies in it, and then its folders, one after the other. It has
 * one folder open at a time, however deep the tree is, and stays on its file system.
 *
 * Throws `content_unreadable` when a folder is none any more at its turn.
 */
export async function* walkStored(tree: string, start: Buffer): AsyncGenerator<StoredEntry, void, void> {
  for await (const { path, name, isFolder, folder } of namesBelow(tree, start)) {
    const here = wayTo(folder, name);
    const facts = await lstat(here);
    if (facts.isDirectory() !== isFolder) throw wentAway();
    const target = facts.isSymbolicLink() ? await readlink(here, { encoding: "buffer" }) : null;
    yield { path, facts, here, target };
  }
}

/** How many entries there are below a folder of a tree; nobody counts further than to the first above `max`. */
export async function countStored(tree: string, start: Buffer, max: number): Promise<number> {
  let count = 0;
  for await (const _ of namesBelow(tree, start)) {
    count += 1;
    if (count > max) break;
  }
  return count;
}

const wentAway = (): Problem => new Problem("content_unreadable", "A folder went away while it was read.");

interface NamedBelow {
  readonly path: Buffer;
  readonly name: Buffer;
  readonly isFolder: boolean;
  /** That it lies in; open until the next one is asked for. */
  readonly folder: FileHandle;
}

async function* namesBelow(tree: string, start: Buffer): AsyncGenerator<NamedBelow, void, void> {
  const folders: Buffer[] = [Buffer.alloc(0)];
  let device: number | null = null;
  for (let above = folders.pop(); above !== undefined; above = folders.pop()) {
    const folder = await openStoredFolder(tree, above.length === 0 ? start : below(start, above));
    if (folder === null) throw wentAway();
    try {
      const { dev } = await folder.stat();
      device ??= dev;
      if (dev !== device) continue;
      for await (const { name, isFolder } of namesIn(folder)) {
        const path = below(above, name);
        if (isFolder) folders.push(path);
        yield { path, name, isFolder, folder };
      }
    } finally {
      await folder.close();
    }
  }
}
