// A tree of another tool as a snapshot of ours: made aside, flushed and renamed, so that there is never half of one.
import type { Stats } from "node:fs";
import {
  lstat,
  mkdir,
  readdir,
  readlink,
  realpath,
  rename,
  rmdir,
  symlink,
  unlink,
  utimes,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Adopted } from "../domain/adopted.ts";
import { pathBytes, pathText } from "../domain/path-text.ts";
import { badInput } from "../domain/problem.ts";
import { parseSnapshotName } from "../domain/snapshot.ts";
import { parseMetadata, type SnapshotMetadata } from "../domain/snapshot-metadata.ts";
import { syncFolder, writeDurably } from "./durable.ts";
import { readSmallFile } from "./read-small-file.ts";
import { hostFolder, snapshotFolder } from "./snapshot-tree.ts";

const asideFolder = (root: string, host: string): string => join(hostFolder(root, host), "incomplete");
/** No attempt of a run is called like that, so nothing that clears up after runs ever takes it for one. */
const asidePath = (root: string, host: string, name: string): string =>
  join(asideFolder(root, host), `adopt-${name}`);

/** Where in a snapshot the tree of `hostPath` has its place, and the real folders on the way there, outermost first. */
function placesIn(snapshot: string, hostPath: string): { place: Buffer; parents: Buffer[] } {
  const names = hostPath.split("/").filter((name) => name !== "");
  let place = Buffer.from(join(snapshot, "data"));
  const parents: Buffer[] = [];
  for (const name of names) {
    parents.push(place);
    place = Buffer.concat([place, Buffer.from("/"), Buffer.from(pathBytes(name) ?? name)]);
  }
  return { place, parents };
}

/**
 * The real path of a folder whose trees are to be adopted.
 *
 * Refuses with `bad_input` one that holds the backup root, or lies in the folder of a host, because what is there is ours.
 * `isHost` says of a name directly below the root whether a host has it.
 */
export async function adoptableFolder(
  given: string,
  root: string,
  isHost: (name: string) => Promise<boolean>,
): Promise<string> {
  const dir = await realpath(given).catch((error: NodeJS.ErrnoException) => {
    throw badInput("The folder", given, error.code === "ENOENT" ? "does not exist." : `(${error.code})`);
  });
  if (`${root}/`.startsWith(dir === "/" ? dir : `${dir}/`))
    throw badInput("The folder", dir, "holds the backup root itself: name the folder of the other tool.");
  if (!dir.startsWith(`${root}/`)) return dir;
  const [name = ""] = dir.slice(root.length + 1).split("/");
  if (name.startsWith(".") || (await isHost(name)))
    throw badInput("The folder", dir, "is part of the backup root: what lies there is pobsync's own.");
  return dir;
}

/** What tells a tree apart from one that takes its place later: by `folder`, the backup of the other tool that it is part of. */
export async function adoptedFacts(
  tree: { readonly path: string; readonly hostPath: string },
  dir: string,
  tool: string,
  moved: boolean,
): Promise<Adopted> {
  const [top = ""] = tree.path.slice(dir === "/" ? 1 : dir.length + 1).split("/");
  const { ino } = await lstat(tree.path);
  return { tool, path: tree.path, hostPath: tree.hostPath, moved, inode: ino, folder: join(dir, top) };
}

/** Why a snapshot that stands for the tree of another tool has lost it; null when it is there. */
export async function whyNotAdopted(data: string, adopted: Adopted, startedAt: Date): Promise<string | null> {
  const { path, hostPath, inode, folder, tool } = adopted;
  const { place } = placesIn(dirname(data), hostPath);
  const target = await readlink(place).catch(() => null);
  if (target !== path) return `has no link to ${path}, the tree that it stands for`;
  const tree = await factsAt(path);
  if (tree?.isDirectory() !== true) return `stands for ${path}, which is not there any more`;
  const later = `stands for ${path}, but ${tool} has put a later backup there`;
  if (inode !== null && tree.ino !== inode) return later;
  // rsnapshot may go on in the folder of its newest backup, once it has copied it; it always touches it then.
  if (tool !== "rsnapshot" || folder === null) return null;
  const seconds = Math.floor(((await factsAt(folder))?.mtimeMs ?? 0) / 1000);
  return seconds === Math.floor(startedAt.getTime() / 1000) ? null : later;
}

/** Whether a tree can become part of the backup root by a new name alone. */
export async function canMove(root: string, path: string): Promise<boolean> {
  return (await lstat(path)).dev === (await lstat(root)).dev;
}

export type Lease = () => Promise<void>;

/**
 * Makes a snapshot of a tree. `lease` proves that the host is still ours right before each step that others can see.
 *
 * Returns why it could not be done, as the rest of a sentence that begins with the tree's path, or null.
 */
export async function adoptTree(
  root: string,
  host: string,
  name: string,
  adopted: Adopted,
  metadata: string,
  lease: Lease,
): Promise<string | null> {
  const aside = asidePath(root, host, name);
  const { place, parents } = placesIn(aside, adopted.hostPath);
  const home = hostFolder(root, host);
  for (const folder of [home, join(home, "snapshots"), asideFolder(root, host), aside])
    await makeFolder(folder);
  // First of all, and flushed before the tree comes: whoever finds something here knows what it was to be.
  await writeDurably(join(aside, "snapshot.json"), metadata);
  for (const folder of parents) await makeFolder(folder);
  if (adopted.moved) {
    await syncAll([...parents, asideFolder(root, host)]);
    await lease();
    const why = await moveTree(adopted.path, place);
    if (why !== null) {
      await takeApart(aside, parents);
      return why;
    }
    await syncFolder(dirname(adopted.path));
  } else await symlink(adopted.path, place).catch(ignoring("EEXIST"));
  await publishAdopted(root, host, name, parents, lease);
  return null;
}

async function makeFolder(path: string | Buffer): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch(ignoring("EEXIST"));
}

async function moveTree(from: string, to: Buffer): Promise<string | null> {
  const folder = dirname(from);
  const { atime, mtime } = await lstat(folder);
  try {
    await rename(from, to);
    // rsnapshot keeps the time of a backup nowhere but here, and other hosts' trees may lie beside this one.
    await utimes(folder, atime, mtime);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return "is not there any more";
    if (code === "EXDEV" || code === "EBUSY") return CANNOT_MOVE;
    throw error;
  }
}

export const CANNOT_MOVE =
  "is on another file system than the backup root, so it cannot be moved there: leave --move out to keep it where it is, or copy it first (cp -a)";

async function publishAdopted(
  root: string,
  host: string,
  name: string,
  parents: readonly Buffer[],
  lease: Lease,
): Promise<void> {
  const aside = asidePath(root, host, name);
  await syncAll([...parents, aside]);
  await lease();
  await rename(aside, snapshotFolder(root, host, name));
  await syncAll([join(hostFolder(root, host), "snapshots"), asideFolder(root, host)]);
}

/**
 * Finishes what an adoption that died has begun: a tree that was moved already becomes the snapshot that it was to be, and
 * what has no tree in it is taken away. A tree is never deleted. Returns what could not be settled, with the reason.
 */
export async function finishAdoptions(
  root: string,
  host: string,
  lease: Lease,
): Promise<{ path: string; why: string }[]> {
  const refused: { path: string; why: string }[] = [];
  for (const name of await unfinishedAdoptions(root, host)) {
    const aside = asidePath(root, host, name);
    const adopted = (await readOwn(aside))?.adopted ?? null;
    const { place, parents } = placesIn(aside, adopted?.hostPath ?? "/");
    const isComplete = adopted !== null && (await hasArrived(place, adopted));
    if (isComplete && (await factsAt(snapshotFolder(root, host, name))) === null)
      await publishAdopted(root, host, name, parents, lease);
    else if (isComplete || !(await takeApart(aside, parents)))
      refused.push({
        path: pathText(Buffer.from(aside)),
        why: "is what is left of an adoption, and cannot become a snapshot by itself: look at it",
      });
  }
  return refused;
}

/** Names of snapshots whose adoption was interrupted. */
export async function unfinishedAdoptions(root: string, host: string): Promise<string[]> {
  const names = (await readdir(asideFolder(root, host)).catch(ignoring("ENOENT"))) ?? [];
  return names
    .filter((name) => name.startsWith("adopt-"))
    .map((name) => name.slice("adopt-".length))
    .filter((name) => parseSnapshotName(name) !== null);
}

async function readOwn(aside: string): Promise<SnapshotMetadata | null> {
  const text = await readSmallFile(join(aside, "snapshot.json"));
  const metadata = text === null ? null : parseMetadata(text);
  return typeof metadata === "string" ? null : metadata;
}

async function hasArrived(place: Buffer, adopted: Adopted): Promise<boolean> {
  const facts = await factsAt(place);
  return adopted.moved ? facts?.isDirectory() === true : facts?.isSymbolicLink() === true;
}

/** Takes away what adopting made, and only that: a folder with anything else in it stays. True: nothing is left. */
async function takeApart(aside: string, parents: readonly Buffer[]): Promise<boolean> {
  for (const folder of parents.toReversed()) await rmdir(folder).catch(ignoring("ENOENT", "ENOTEMPTY"));
  const left = (await readdir(aside).catch(ignoring("ENOENT"))) ?? [];
  if (left.some((name) => !["snapshot.json", "snapshot.json.new"].includes(name))) return false;
  for (const name of left) await unlink(join(aside, name));
  await rmdir(aside).catch(ignoring("ENOENT"));
  return true;
}

/** Innermost first, so that a folder is flushed after what it holds. */
async function syncAll(folders: readonly (string | Buffer)[]): Promise<void> {
  for (const folder of folders.toReversed()) await syncFolder(folder);
}

const factsAt = async (path: string | Buffer): Promise<Stats | null> =>
  (await lstat(path).catch(ignoring("ENOENT", "ENOTDIR"))) ?? null;

const ignoring =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (!codes.includes(error.code ?? "")) throw error;
    return undefined;
  };
