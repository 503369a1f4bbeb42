// Where copies of the database lie: in a folder of the backup root that is none of a host.
import { mkdir, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { copiesAmong, copiesToDrop } from "../domain/database-copies.ts";

/** No host's name begins with a dot. */
export const copiesFolder = (root: string): string => join(root, ".pobsync-database");

/** Names, newest first. None when the folder is not there. */
export async function listCopies(root: string): Promise<string[]> {
  try {
    return copiesAmong(await readdir(copiesFolder(root)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Makes the folder. Never the root itself: that may be a disk that is not there. */
export async function makeCopiesFolder(root: string): Promise<string> {
  const folder = copiesFolder(root);
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  return folder;
}

const HALF = /\.part$/;

/** Removes copies that are too many, and halves that a killed process has left. */
export async function dropOldCopies(root: string): Promise<void> {
  const folder = copiesFolder(root);
  const names = await readdir(folder);
  for (const name of [...copiesToDrop(names), ...names.filter((each) => HALF.test(each))])
    await unlink(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
}
