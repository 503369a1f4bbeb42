// Leftovers: what an interrupted attempt got, made useful for the next one without a risk for any snapshot.
import { constants } from "node:fs";
import { copyFile, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { STREAMS_MAX } from "../domain/streams.ts";
import { folderExists } from "./folder.ts";
import { bootId } from "./process-identity.ts";
import { runProgram } from "./program.ts";
import { removeTree } from "./remove-tree.ts";
import { siblingLists } from "./sibling-lists.ts";
import { asCopy, discardTree, doomTree, partialOf, type Workplace, workplaceOf } from "./snapshot-tree.ts";
import { copySharing, isSubvolume } from "./subvolume.ts";

/** Each costs a link base; beyond a few, an old attempt has nothing that a newer one lacks. */
const KEPT_MAX = 4;
const BOOT_FILE = "boot";
/** A half-sent file below this size is sent again sooner than it is looked for. */
const SALVAGE_MIN_BYTES = 1024 * 1024;

/** Notes in which boot a workplace was filled. */
export const stampWorkplace = (workplace: Workplace): Promise<void> =>
  writeFile(join(workplace.path, BOOT_FILE), bootId(), { mode: 0o600 });

/**
 * Takes the workplace away from an attempt whose process may still live, out of sight: without it that process can
 * publish nothing, and what it goes on writing can't become part of the next attempt.
 */
export async function fenceWorkplace(root: string, host: string, runId: number): Promise<void> {
  // Removing it may take longer than a lease, so that is left to the host's next attempt.
  await doomTree(root, host, workplaceOf(root, host, runId).path);
}

/** What earlier attempts got. */
export interface Leftovers {
  /** Trees that were received in a sandbox: they share nothing with snapshots, and now lie in the new attempt's workplace. */
  readonly received: readonly string[];
  /** Trees that were linked with snapshots while they were received. */
  readonly linked: readonly string[];
}

/** What a received tree is called in the workplace that it comes to, followed by the run that got it. */
const OLDER = "older-";

/**
 * Trees of attempts that ended (`runIds`) which the next one may link from, newest first; older ones are removed.
 *
 * A tree from before a restart is not trusted: it was never flushed, so after a power cut a file may have its size and
 * time but not its content, and rsync would take it for the real one.
 */
export async function usableLeftovers(
  root: string,
  host: string,
  runIds: readonly number[],
  into: Workplace,
): Promise<Leftovers> {
  const linked: string[] = [];
  const received: string[] = [];
  let isFirst = true;
  for (const runId of runIds.toSorted((a, b) => b - a)) {
    const workplace = await workplaceAsLeft(root, host, runId);
    const stamp = await readFile(join(workplace.path, BOOT_FILE), "latin1").catch(() => null);
    if (stamp !== bootId() || linked.length + received.length >= KEPT_MAX) {
      await discardTree(root, host, workplace.path);
      continue;
    }
    if (isFirst) await inheritPartials(workplace, into);
    isFirst = false;
    const inherited = await inheritReceived(workplace, runId, into);
    received.push(...inherited);
    // Until it was tidied, what was received apart is not in `data` alone, which has links to snapshots besides.
    const isPutTogether =
      inherited.length === 0 && !(await isThere(workplace.kept)) && !workplace.beganAsCopy;
    if (isPutTogether && (await folderExists(workplace.data))) linked.push(workplace.data);
    else await discardTree(root, host, workplace.path);
  }
  return { received, linked };
}

/** A copy that was finished has nothing of ours in it any more, and is a tree like any other. */
async function workplaceAsLeft(root: string, host: string, runId: number): Promise<Workplace> {
  const workplace = workplaceOf(root, host, runId);
  const copy = asCopy(workplace);
  return (await folderExists(copy.received)) ? copy : workplace;
}

/** Moves what an attempt received in a sandbox, and what it had inherited itself, into the new attempt's workplace. */
async function inheritReceived(from: Workplace, runId: number, into: Workplace): Promise<string[]> {
  const names = (await readdir(from.received).catch(() => [])).filter((name) => name.startsWith(OLDER));
  const moved: string[] = [];
  // Whoever died between marking it and moving it has it at its old place still.
  const isMoved = (await isThere(from.alone)) && (await folderExists(from.data));
  for (const [source, name] of [
    [isMoved ? from.data : from.tree, `${OLDER}${runId}`] as const,
    ...names.map((name) => [join(from.received, name), name] as const),
  ]) {
    const target = join(into.received, name);
    // What was writable in a sandbox may be a link by now, to anywhere on this server.
    if ((await folderExists(source)) && (await moveTree(source, target, into))) moved.push(target);
  }
  return moved;
}

const isThere = (path: string | Buffer): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/**
 * What lies in another subvolume of btrfs cannot be renamed into this one; a copy shares its contents. Nor does a subvolume itself go
 * into another one, which could not be deleted in one step then.
 */
async function moveTree(from: string, to: string, into: Workplace): Promise<boolean> {
  if (!(into.beganAsCopy && (await isSubvolume(from))))
    try {
      return await renameIfThere(from, to);
    } catch (error) {
      if (!OTHER_PLACE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  await copySharing(from, to);
  return true;
}

/** Two subvolumes, or one that is closed already. */
const OTHER_PLACE = new Set(["EXDEV", "EROFS"]);

/** The same for a file; one that cannot be moved is sent anew. */
const moveFile = (from: Buffer, to: Buffer): Promise<void> =>
  rename(from, to).catch((error: NodeJS.ErrnoException) =>
    OTHER_PLACE.has(error.code ?? "") ? copyFile(from, to, constants.COPYFILE_FICLONE_FORCE) : undefined,
  );

const renameIfThere = (from: string, to: string): Promise<boolean> =>
  rename(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return false;
    },
  );

/** Removes what these attempts left: a snapshot has everything they had, or their room is needed. */
export async function discardLeftovers(root: string, host: string, runIds: readonly number[]): Promise<void> {
  for (const runId of runIds) await discardTree(root, host, workplaceOf(root, host, runId).path);
}

/** Takes out of a workplace what is not part of a snapshot, before it becomes one. */
export async function tidyWorkplace(workplace: Workplace): Promise<void> {
  const takeOut = async (): Promise<void> => {
    // Removed as one tree where that can be: starting programs takes longer than what they do with a few files.
    await rename(workplace.received, join(workplace.aside, "received")).catch(() => {});
    for (const folder of [workplace.received, workplace.aside]) await removeTree(folder);
  };
  await (workplace.beganAsCopy ? keepingTime(workplace.data, `${workplace.seen}.time`, takeOut) : takeOut());
  const { output, wanted, kept, seen } = workplace;
  const lists = [seen, ...["found", "found.raw", "sorted", "time"].map((ending) => `${seen}.${ending}`)];
  for (const file of [output, wanted, ...siblingLists(wanted), kept, ...lists])
    await rm(file, { force: true });
  await removeTree(workplace.streams);
}

/** A folder that loses an entry gets another time, which is not the host's any more. `touch` keeps nanoseconds; Node can not. */
async function keepingTime(folder: string, note: string, work: () => Promise<void>): Promise<void> {
  await runProgram(["touch", "-r", folder, "--", note]);
  await work();
  await runProgram(["touch", "-r", note, "--", folder]);
}

/** Last of all: as long as it has not its name, the next attempt may build on what is there. */
export async function unstampWorkplace(workplace: Workplace): Promise<void> {
  for (const file of [join(workplace.path, BOOT_FILE), workplace.alone]) await rm(file, { force: true });
}

/**
 * Brings half-sent big files into the new attempt's partial folder, where rsync continues them.
 *
 * An rsync that was ended politely has put them there itself; one that was killed leaves `.name.AbCdEf` where it was
 * writing. Only files with a single link are taken: rsync writes into a partial file in place, and one that shares its
 * inode with a snapshot would change that snapshot.
 */
async function inheritPartials(from: Workplace, into: Workplace): Promise<void> {
  if (!(await folderExists(from.partial)) || !(await moveTree(from.partial, into.partial, into)))
    await mkdir(into.partial, { mode: 0o700 });
  for (let stream = 1; stream < STREAMS_MAX; stream += 1) {
    const [theirs, ours] = [partialOf(from.partial, stream), partialOf(into.partial, stream)];
    if (await folderExists(theirs)) await moveTree(theirs, ours, into);
  }
  const tree = (await folderExists(from.tree)) ? from.tree : from.data;
  const found = await runProgram([
    "find",
    tree,
    into.partial,
    "-xdev",
    "-type",
    "f",
    "-links",
    "1",
    "-size",
    `+${SALVAGE_MIN_BYTES}c`,
    "-name",
    ".?*.??????",
    "-print0",
  ]);
  for (const path of found.output.toString("latin1").split("\0")) {
    const name = basename(path).replace(/^\.(.+)\.[A-Za-z0-9]{6}$/, "$1");
    if (path === "" || name === basename(path)) continue;
    const target = await freePartial(into.partial, name);
    if (target !== null) await moveFile(Buffer.from(path, "latin1"), target).catch(() => {});
  }
}

/** Files of one name may have been under way in several streams at once. Null: there are as many as there can have been. */
async function freePartial(partial: string, name: string): Promise<Buffer | null> {
  for (let stream = 0; stream < STREAMS_MAX; stream += 1) {
    const folder = partialOf(partial, stream);
    const target = Buffer.from(join(folder, name), "latin1");
    if (await isThere(target)) continue;
    await mkdir(folder, { mode: 0o700 }).catch(() => {});
    return target;
  }
  return null;
}
