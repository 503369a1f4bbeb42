// Where a drill restores to: a folder of its own, closed to others, gone when the drill has ended.
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "./remove-tree.ts";
import { hostFolder } from "./snapshot-tree.ts";

export interface DrillFolder {
  readonly path: string;
  /** What is restored lies here under its absolute path; empty at first. */
  readonly files: string;
  /** What rsync prints, as it comes. */
  readonly output: string;
}

const folderOf = (root: string, host: string): string => join(hostFolder(root, host), "drill");

/** It lies beside the snapshots, where there is room or none for backups either. */
export async function makeDrillFolder(root: string, host: string, runId: number): Promise<DrillFolder> {
  const path = join(folderOf(root, host), String(runId));
  const files = join(path, "files");
  await removeTree(path);
  for (const folder of [folderOf(root, host), path, files])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  return { path, files, output: join(path, "rsync.out") };
}

export async function removeDrillFolder(root: string, host: string, { path }: DrillFolder): Promise<void> {
  await removeTree(path);
  await removeEmpty(root, host);
}

/** Removes what drills of dead processes have left; `isAlive` says of a run whether its process may live. */
export async function sweepDrills(
  root: string,
  host: string,
  isAlive: (runId: number) => boolean,
): Promise<void> {
  const parent = folderOf(root, host);
  const names = await readdir(parent).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (names === null) return;
  for (const name of names)
    if (/^\d{1,15}$/.test(name) && !isAlive(Number(name))) await removeTree(join(parent, name));
  await removeEmpty(root, host);
}

const removeEmpty = (root: string, host: string): Promise<void> =>
  rmdir(folderOf(root, host)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" && error.code !== "ENOTEMPTY") throw error;
  });
