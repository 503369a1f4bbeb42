// What came from a host takes its place in the new tree.
import { chmod, link, lstat, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";

interface Merge {
  readonly from: Buffer;
  readonly into: Buffer;
  /** Gets what has to make way. */
  readonly aside: string;
  readonly folders: Buffer[];
  readonly stop: AbortSignal;
}

/**
 * Gives all entries of one tree their names in another, where they replace what is there; `aside` is a folder to be made on the
 * same file system. Nobody else writes in the trees, and no link in them is followed. The first tree stays as it is, since a
 * folder's time changes with every name that it loses, and what is in there helps the next attempt.
 *
 * @returns the folders of the first tree, as they are called below it, each after the one that holds it: in the other tree they
 *   are there, and what they are (owner, rights, times) is still to be taken over. None where nothing came
 */
export async function mergeTree(
  from: string,
  into: string,
  aside: string,
  stop: AbortSignal,
): Promise<Buffer[]> {
  const folders: Buffer[] = [];
  const merge = { from: Buffer.from(`${from}/`), into: Buffer.from(`${into}/`), aside, folders, stop };
  if ((await kindOf(Buffer.from(from))) !== "folder") return folders;
  await mkdir(aside, { mode: 0o700 });
  await mergeFolder(merge, Buffer.alloc(0));
  return folders;
}

async function mergeFolder(merge: Merge, folder: Buffer): Promise<void> {
  const { from, into, aside, folders, stop } = merge;
  await openUp(Buffer.concat([into, folder]));
  const prefix = folder.length === 0 ? folder : Buffer.concat([folder, Buffer.from("/")]);
  const entries = await readdir(Buffer.concat([from, folder]), { encoding: "buffer", withFileTypes: true });
  for (const [at, entry] of entries.entries()) {
    stop.throwIfAborted();
    const path = Buffer.concat([prefix, entry.name]);
    const target = Buffer.concat([into, path]);
    const there = await kindOf(target);
    if (there === "folder" ? !entry.isDirectory() : there === "other" && entry.isDirectory())
      await rename(target, join(aside, `${folders.length}-${at}`));
    if (!entry.isDirectory()) {
      await linkOver(Buffer.concat([from, path]), target);
      continue;
    }
    if (there !== "folder") await mkdir(target, { mode: 0o700 });
    folders.push(path);
    await mergeFolder(merge, path);
  }
}

/** Who is not root may put nothing into a folder without this right; what it is like is taken over later. */
async function openUp(folder: Buffer): Promise<void> {
  const { mode } = await lstat(folder);
  if ((mode & 0o700) !== 0o700) await chmod(folder, (mode & 0o7777) | 0o700);
}

async function linkOver(source: Buffer, target: Buffer): Promise<void> {
  const linked = (): Promise<string | undefined> =>
    link(source, target).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST" || error.code === "EMLINK") return error.code;
        throw error;
      },
    );
  let refusal = await linked();
  if (refusal === "EEXIST") {
    await rm(target);
    refusal = await linked();
  }
  // A file can have so many names and no more (65,000 on ext4); one of those that it has is enough.
  if (refusal !== undefined) await rename(source, target);
}

const kindOf = (path: Buffer): Promise<"folder" | "other" | "nothing"> =>
  lstat(path).then(
    (found) => (found.isDirectory() ? "folder" : "other"),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "nothing";
      throw error;
    },
  );
