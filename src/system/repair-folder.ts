// Where a host's files are fetched to for a repair: a private folder of the run, gone when it has ended.
import { lstat, mkdir, readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "./remove-tree.ts";
import { hostFolder } from "./snapshot-tree.ts";

/** The folder of one run. `files` is empty at first. */
export interface RepairFolder {
  readonly path: string;
  readonly files: string;
  /** What rsync prints, as it comes. */
  readonly output: string;
  /** Shared by all repairs of the host: what one that was interrupted has kept there, the next one needs. */
  readonly attributes: string;
}

const folderOf = (root: string, host: string): string => join(hostFolder(root, host), "repair");
const ATTRIBUTES = "attributes";

/** Where the attributes of a stored file are kept while it is written to. */
export const keepFile = ({ attributes }: RepairFolder, inode: number): string =>
  join(attributes, String(inode));

export async function makeRepairFolder(root: string, host: string, runId: number): Promise<RepairFolder> {
  const parent = folderOf(root, host);
  const path = join(parent, String(runId));
  const [files, attributes] = [join(path, "files"), join(parent, ATTRIBUTES)];
  for (const folder of [parent, path, files, attributes])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  return { path, files, output: join(path, "rsync.out"), attributes };
}

/** Where a file of the host, named by its absolute path, lies when it has come. */
export const fetchedPath = ({ files }: RepairFolder, path: Buffer): Buffer =>
  Buffer.concat([Buffer.from(files), path]);

/** How long a fetched file is; null when none has come. */
export async function fetchedSize(folder: RepairFolder, path: Buffer): Promise<number | null> {
  const facts = await lstat(fetchedPath(folder, path)).catch(ignoring("ENOENT", "ENOTDIR"));
  return facts?.isFile() === true ? facts.size : null;
}

/** Removes what the run has fetched. Kept attributes stay as long as a file may still need them. */
export async function removeRepairFolder(root: string, host: string, { path }: RepairFolder): Promise<void> {
  await removeTree(path);
  await removeEmpty(root, host);
}

/** Removes what repairs of dead processes have fetched; `isAlive` says of a run whether its process may live. */
export async function sweepRepairs(
  root: string,
  host: string,
  isAlive: (runId: number) => boolean,
): Promise<void> {
  const parent = folderOf(root, host);
  const names = await readdir(parent).catch(ignoring("ENOENT"));
  if (names === undefined) return;
  for (const name of names)
    if (/^\d{1,15}$/.test(name) && !isAlive(Number(name))) await removeTree(join(parent, name));
  await removeEmpty(root, host);
}

async function removeEmpty(root: string, host: string): Promise<void> {
  const parent = folderOf(root, host);
  for (const folder of [join(parent, ATTRIBUTES), parent])
    await rmdir(folder).catch(ignoring("ENOENT", "ENOTEMPTY"));
}

const ignoring =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (!codes.includes(error.code ?? "")) throw error;
    return undefined;
  };
