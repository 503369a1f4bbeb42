// The way out of a snapshot, and back: from among the snapshots into the trash, and from there to nothing.
import { lstat, mkdir, readdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { parseSnapshotName, requireSnapshotName } from "../domain/snapshot.ts";
import { parseMetadata } from "../domain/snapshot-metadata.ts";
import { syncFolder } from "./durable.ts";
import { readSmallFile } from "./read-small-file.ts";
import { type RemovedTree, type RemoveTreeOptions, removeTree } from "./remove-tree.ts";
import { hostFolder, snapshotFolder } from "./snapshot-tree.ts";

/** What is being deleted. It has lost files already, so nothing ever brings it back. */
const DOOMED = ".doomed";

const trashFolder = (root: string, host: string): string => join(hostFolder(root, host), "trash");
export const trashedFolder = (root: string, host: string, name: string): string =>
  join(trashFolder(root, host), requireSnapshotName(name));
const doomedFolder = (root: string, host: string, name: string): string =>
  `${trashedFolder(root, host, name)}${DOOMED}`;

/** Where a snapshot is on its way out. In the trash it is whole; `doomed` ones are being deleted. */
export type Whereabouts = "snapshots" | "trash" | "doomed" | "nowhere";

export async function whereaboutsOf(root: string, host: string, name: string): Promise<Whereabouts> {
  const places = [
    ["snapshots", snapshotFolder(root, host, name)],
    ["trash", trashedFolder(root, host, name)],
    ["doomed", doomedFolder(root, host, name)],
  ] as const;
  for (const [where, path] of places) if ((await factsAt(path)) !== null) return where;
  return "nowhere";
}

/**
 * Refuses with `not_our_snapshot` unless a snapshot is really one: a folder of this file system in the host's own folder,
 * reached without a link, which says of itself that it is this snapshot of this host.
 *
 * Whatever else lies there under its name was put there by somebody, who may want it.
 */
export async function requireOurs(root: string, host: string, name: string): Promise<void> {
  const where = await whereaboutsOf(root, host, name);
  // What is doomed was looked at before, and may have lost what it said of itself.
  if (where === "nowhere" || where === "doomed") return;
  const path = where === "trash" ? trashedFolder(root, host, name) : snapshotFolder(root, host, name);
  const refuse = (why: string): Problem => new Problem("not_our_snapshot", `${path} is not touched: ${why}.`);
  const home = await factsAt(hostFolder(root, host));
  for (const folder of [hostFolder(root, host), join(path, ".."), path]) {
    const facts = await factsAt(folder);
    if (facts?.isDirectory() !== true) throw refuse(`${basename(folder)} is not a folder, or a link to one`);
    if (facts.dev !== home?.dev) throw refuse("another file system is mounted there");
  }
  const text = await readSmallFile(join(path, "snapshot.json"));
  if (text === null) throw refuse("it has no snapshot.json");
  const metadata = parseMetadata(text);
  if (typeof metadata === "string") throw refuse(`its snapshot.json cannot be read, ${metadata}`);
  if (metadata.host !== host || (metadata.name ?? name) !== name)
    throw refuse("its snapshot.json speaks of another snapshot");
}

/** Through a link in place of the host's folder or its trash, all that follows would happen somewhere else. */
async function requireTrash(root: string, host: string): Promise<void> {
  for (const folder of [hostFolder(root, host), trashFolder(root, host)]) {
    const facts = await factsAt(folder);
    if (facts === null || facts.isDirectory()) continue;
    throw new Problem("not_our_snapshot", `${folder} is not touched: it is not a folder, or a link to one.`);
  }
}

/**
 * Moves a snapshot into the trash, where it stays whole. One that is there already, or gone, is left alone.
 *
 * @param requireLease proves that whoever does this may. Asked afterwards: who slept just before the move may have moved
 *   what is somebody's by now, and puts it back.
 */
export async function moveToTrash(
  root: string,
  host: string,
  name: string,
  requireLease: () => Promise<void>,
): Promise<void> {
  await mkdir(trashFolder(root, host), { mode: 0o700 }).catch(ignoring("EEXIST"));
  await requireTrash(root, host);
  await renameWithRight(snapshotFolder(root, host, name), trashedFolder(root, host, name), requireLease);
}

async function renameWithRight(from: string, to: string, requireLease: () => Promise<void>): Promise<void> {
  const moved = await rename(from, to).then(() => true, ignoring("ENOENT"));
  if (moved !== true) return;
  try {
    await requireLease();
  } catch (error) {
    await rename(to, from).catch(ignoring("ENOENT"));
    throw error;
  }
}

/** Moves a snapshot from the trash back among the others. False: it is not there any more. */
export async function moveFromTrash(root: string, host: string, name: string): Promise<boolean> {
  const moved = await rename(trashedFolder(root, host, name), snapshotFolder(root, host, name)).then(
    () => true,
    ignoring("ENOENT"),
  );
  await flushMoves(root, host);
  return moved === true;
}

/** After this no power cut brings a name back to where it was. */
export async function flushMoves(root: string, host: string): Promise<void> {
  for (const folder of [join(hostFolder(root, host), "snapshots"), trashFolder(root, host)])
    await syncFolder(folder).catch(ignoring("ENOENT"));
}

/**
 * Deletes a snapshot that is in the trash. It may be repeated after a crash at any moment.
 *
 * It loses its name first: as long as something has that, it is whole and can be brought back.
 */
export async function deleteFromTrash(
  root: string,
  host: string,
  name: string,
  requireLease: () => Promise<void>,
  options: RemoveTreeOptions,
): Promise<RemovedTree> {
  await requireTrash(root, host);
  const doomed = doomedFolder(root, host, name);
  // A deletion that was interrupted left it; it would stand in the way of the new name.
  const leftover = await removeTree(doomed, {
    ...(options.stop === undefined ? {} : { stop: options.stop }),
  });
  await renameWithRight(trashedFolder(root, host, name), doomed, requireLease);
  const { freedBytes } = await removeTree(doomed, options);
  const isKnown = freedBytes !== null && leftover.freedBytes !== null;
  return { freedBytes: isKnown ? freedBytes + leftover.freedBytes : null };
}

/** Names of snapshots that lie in the trash, whole or not. */
export async function namesInTrash(root: string, host: string): Promise<string[]> {
  await requireTrash(root, host);
  const names = (await readdir(trashFolder(root, host)).catch(ignoring("ENOENT"))) ?? [];
  const known = names.map((name) => (name.endsWith(DOOMED) ? name.slice(0, -DOOMED.length) : name));
  return [...new Set(known.filter((name) => parseSnapshotName(name) !== null))];
}

const factsAt = async (path: string) => (await lstat(path).catch(ignoring("ENOENT", "ENOTDIR"))) ?? null;

const ignoring =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (!codes.includes(error.code ?? "")) throw error;
    return undefined;
  };
