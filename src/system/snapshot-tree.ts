// Snapshots on disk: the one file that knows the layout below a host's folder.
import { lstat, mkdir, readdir, rename, rmdir, symlink, unlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { requireSnapshotName } from "../domain/snapshot.ts";
import { parseMetadata, type SnapshotMetadata } from "../domain/snapshot-metadata.ts";
import { syncFolder } from "./durable.ts";
import { folderExists } from "./folder.ts";
import { readSmallFile } from "./read-small-file.ts";
import { removeTree } from "./remove-tree.ts";

/** Where things lie. Host names and snapshot names are checked before they get here. */
export const hostFolder = (root: string, host: string): string => join(root, host);
export const snapshotsFolder = (root: string, host: string): string => join(root, host, "snapshots");
const incompleteFolder = (root: string, host: string): string => join(root, host, "incomplete");
export const snapshotFolder = (root: string, host: string, name: string): string =>
  join(snapshotsFolder(root, host), requireSnapshotName(name));
export const dataFolder = (root: string, host: string, name: string): string =>
  join(snapshotFolder(root, host, name), "data");

/** Where the half-sent files of a stream lie: those of a further one beside those of the first. */
export const partialOf = (partial: string, stream: number): string =>
  stream === 0 ? partial : `${partial}-${stream}`;

/** A folder in which a snapshot is made. It is never a snapshot, and never a link base on its own. */
export interface Workplace {
  readonly path: string;
  readonly data: string;
  /** All that rsync may write to in a sandbox; nothing in it shares a file with a snapshot. */
  readonly received: string;
  /** What came, when it is not received into `data` itself. */
  readonly tree: string;
  readonly partial: string;
  /** What rsync prints, as it comes; taken apart into the log while the transfer runs. */
  readonly output: string;
  readonly log: string;
  /** Is there while `data` holds nothing but what was received, in a sandbox. */
  readonly alone: string;
  /** What had to make way in `data` for what was received. */
  readonly aside: string;
  /** Names of entries that a comparison found different, and of folders that it found as they were. */
  readonly wanted: string;
  readonly kept: string;
  /** Names of entries that the comparison found as they were, where `data` began as a copy. */
  readonly seen: string;
  /** Where the streams of a transfer have their lists of names and their output. */
  readonly streams: string;
  readonly metadata: string;
  /** Whether `data` began as a copy of the base; `received` and `aside` are in it then, as files can only be linked in there. */
  readonly beganAsCopy: boolean;
}

const workplaceAt = (path: string): Workplace => ({
  path,
  data: join(path, "data"),
  received: join(path, "received"),
  tree: join(path, "received", "tree"),
  partial: join(path, "received", "partial"),
  output: join(path, "rsync.out"),
  log: join(path, "rsync.log.gz"),
  alone: join(path, "alone"),
  aside: join(path, "aside"),
  wanted: join(path, "wanted"),
  kept: join(path, "kept"),
  seen: join(path, "seen"),
  streams: join(path, "streams"),
  metadata: join(path, "snapshot.json"),
  beganAsCopy: false,
});

/** The workplace of an attempt whose `data` begins as a copy. Before it is published, the folder in there goes. */
export function asCopy(workplace: Workplace): Workplace {
  const received = join(workplace.data, `.pobsync-received-${basename(workplace.path)}`);
  const [tree, partial, aside] = ["tree", "partial", "aside"].map((name) => join(received, name)) as [
    string,
    string,
    string,
  ];
  return { ...workplace, received, tree, partial, aside, beganAsCopy: true };
}

export const workplaceOf = (root: string, host: string, runId: number): Workplace =>
  workplaceAt(join(incompleteFolder(root, host), String(runId)));

/** Makes an empty workplace for a run. One of the same run cannot exist, because ids are never used twice. */
export async function makeWorkplace(root: string, host: string, runId: number): Promise<Workplace> {
  const workplace = workplaceOf(root, host, runId);
  for (const folder of [hostFolder(root, host), snapshotsFolder(root, host), incompleteFolder(root, host)])
    await mkdir(folder, { mode: 0o700 }).catch(ignoring("EEXIST"));
  await sweepDoomed(root, host);
  await discardTree(root, host, workplace.path);
  await mkdir(workplace.path, { mode: 0o700 });
  await mkdir(workplace.data, { mode: 0o700 });
  await mkdir(workplace.received, { mode: 0o700 });
  return workplace;
}

/** What was received becomes the whole of `data`; where nothing came, that stays empty. */
export async function takeReceived(workplace: Workplace): Promise<void> {
  if (!(await folderExists(workplace.tree))) return;
  await rmdir(workplace.data);
  await writeFile(workplace.alone, "");
  await rename(workplace.tree, workplace.data);
}

/**
 * The runs whose attempts lie in a host's incomplete folder. Which of them have ended only SQL can say: what a running one
 * has there is never to be touched.
 */
export async function attemptsOnDisk(root: string, host: string): Promise<number[]> {
  const names = await readdir(incompleteFolder(root, host)).catch(ignoring("ENOENT"));
  return (names ?? []).filter((name) => /^\d{1,15}$/.test(name)).map(Number);
}

/**
 * Gives a workplace its snapshot's name. From here on it is a snapshot, whole and for good.
 *
 * The caller has flushed the file system; this flushes the name. Refuses when the workplace is gone, which means that
 * another process has taken over.
 */
export async function publish(root: string, host: string, workplace: Workplace, name: string): Promise<void> {
  const target = snapshotFolder(root, host, name);
  await rename(workplace.path, target);
  await syncFolder(snapshotsFolder(root, host));
}

/** Points `latest` at a snapshot: made aside and renamed, so that there is always one or the other. */
export async function pointLatest(root: string, host: string, name: string): Promise<void> {
  const link = join(hostFolder(root, host), "latest");
  const temporary = `${link}.new`;
  await unlink(temporary).catch(ignoring("ENOENT"));
  await symlink(join("snapshots", requireSnapshotName(name)), temporary);
  await rename(temporary, link);
}

/** What a published snapshot says about itself; null when there is no such snapshot; a sentence when it is unusable. */
export async function readMetadata(
  root: string,
  host: string,
  name: string,
): Promise<SnapshotMetadata | string | null> {
  const folder = snapshotFolder(root, host, name);
  // Where the host's folder is no folder, nobody can say that there is no snapshot: that is thrown.
  await lstat(folder).catch(ignoring("ENOENT"));
  const text = await readSmallFile(join(folder, "snapshot.json"));
  return text === null ? null : parseMetadata(text);
}

export const writeMetadata = (workplace: Workplace, text: string): Promise<void> =>
  writeFile(workplace.metadata, text, { mode: 0o600 });

/** What is being removed. The name is no number, so it is never taken for an attempt. */
const DOOMED = ".doomed";

/**
 * Takes its name from a tree below a host's incomplete folder, so that a process that lost its host while it slept cannot
 * find it and give it a snapshot's name. Returns where it lies now, or null when it is not there.
 */
export async function doomTree(root: string, host: string, path: string): Promise<string | null> {
  const parent = incompleteFolder(root, host);
  if (!path.startsWith(`${parent}/`))
    throw new Problem("internal_error", `${path} does not lie in ${parent}.`);
  const doomed = `${path}${DOOMED}`;
  const moved = await rename(path, doomed).then(() => true, ignoring("ENOENT"));
  return moved === true ? doomed : null;
}

/** Removes a tree below a host's incomplete folder, its name first. */
export async function discardTree(root: string, host: string, path: string): Promise<void> {
  const doomed = await doomTree(root, host, path);
  if (doomed !== null) await removeTree(doomed);
}

/** Removes what a process that died was removing, or what one that lost its run was still writing to. */
async function sweepDoomed(root: string, host: string): Promise<void> {
  const folder = incompleteFolder(root, host);
  for (const name of await readdir(folder))
    if (name.endsWith(DOOMED)) await removeTree(join(folder, name)).catch(() => {});
}

/** Moves everything of a host aside under a name that no host can have, and deletes it there. */
export async function deleteHostTree(root: string, host: string): Promise<void> {
  const aside = join(root, `.removed-${host}`);
  await removeTree(aside);
  const moved = await rename(hostFolder(root, host), aside).then(() => true, ignoring("ENOENT"));
  if (moved === true) await removeTree(aside);
}

const ignoring =
  (code: string) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (error.code !== code) throw error;
    return undefined;
  };
