// Subvolumes of btrfs: trees that are copied in no time, that can be closed to all writing, and that go in one step.
import type { Stats } from "node:fs";
import { chmod, lstat, mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { mountsAtOrBelow } from "./mounts-below.ts";
import { runProgram, runProgramWithin } from "./program.ts";
import { printableLines } from "./ssh-failure.ts";

/** What statfs(2) calls btrfs. */
const BTRFS = 0x9123683e;
/** The number of every subvolume's topmost folder, and of nothing else (BTRFS_FIRST_FREE_OBJECTID). */
const TOP = 256;
const ANSWER_WITHIN_MS = 20_000;
/** The deepest place of ours that can be one: `incomplete/RUN/received/tree`, from the host's folder. */
const DEEPEST = 4;

export const isOnBtrfs = (folder: string): Promise<boolean> =>
  statfs(folder).then(
    ({ type }) => type === BTRFS,
    () => false,
  );

/** Whether a folder is a subvolume itself, and not a link to one. */
export async function isSubvolume(folder: string): Promise<boolean> {
  const facts: Stats | null = await lstat(folder).catch(() => null);
  return facts?.isDirectory() === true && facts.ino === TOP && (await isOnBtrfs(folder));
}

/** Whether a folder is a subvolume that belongs to the folders around it: nothing else was mounted in its place. */
export const isSubvolumeHere = async (folder: string): Promise<boolean> =>
  (await isSubvolume(folder)) && (await mountsAtOrBelow(folder)).length === 0;

/** Makes an empty one that is only ours. */
export async function makeSubvolume(path: string): Promise<void> {
  await btrfs(path, "subvolume", "create", path);
  await chmod(path, 0o700);
}

/** Makes a writable copy of one. Nothing is copied: both share all that neither changes. */
export const copySubvolume = (from: string, to: string): Promise<void> =>
  btrfs(to, "subvolume", "snapshot", from, to);

/** From here on nobody can change anything in it, or of it, until root opens it again by name. */
export const closeSubvolume = (path: string): Promise<void> =>
  btrfs(path, "property", "set", "-ts", path, "ro", "true");

/**
 * Deletes the subvolumes of ours at or below a folder: it and what lies in it where ours are. Each goes in one step, and btrfs
 * gives its room back in its own time.
 *
 * @returns how many there were
 */
export async function deleteSubvolumes(folder: string, stop?: AbortSignal): Promise<number> {
  if (!(await isOnBtrfs(folder))) return 0;
  const places = ["find", "-P", folder, "-xdev", "-maxdepth", String(DEEPEST)];
  const { output } = await runProgram(
    [...places, "-type", "d", "-inum", String(TOP), "-print0"],
    stop === undefined ? {} : { stop },
  );
  stop?.throwIfAborted();
  // Where it could not look, whoever removes the rest fails, and says why.
  const found = output.toString("utf8").split("\0").slice(0, -1);
  for (const path of found.reverse()) await btrfs(path, "subvolume", "delete", path);
  return found.length;
}

/**
 * A copy of a tree that shares the contents of its files with it, where the file system can do that: owners, rights, times, links
 * and attributes are those of the other one. `to` may be there already, empty.
 */
export async function copySharing(from: string, to: string, stop?: AbortSignal): Promise<void> {
  const argv = ["cp", "-a", "--reflink=auto", "--no-target-directory", "--", from, to];
  const { code, stderr } = await runProgram(argv, stop === undefined ? {} : { stop });
  stop?.throwIfAborted();
  if (code !== 0) throw failure(`${from} could not be copied.`, stderr);
}

/**
 * Tries all that is needed of btrfs, in a folder of that name, which is not there; whoever asks removes it. Returns in one sentence
 * why it cannot be done, or null.
 */
export async function whyNoSubvolumes(tryIn: string, parent: string): Promise<string | null> {
  if (!(await isOnBtrfs(parent))) return "the backup disk is not btrfs";
  if (process.getuid?.() !== 0) return "only root may delete subvolumes";
  try {
    await mkdir(tryIn, { mode: 0o700 });
    const [one, other] = [join(tryIn, "one"), join(tryIn, "other")];
    await makeSubvolume(one);
    await copySubvolume(one, other);
    await closeSubvolume(other);
    await deleteSubvolumes(tryIn);
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return `btrfs refused it: ${error.detail ?? error.message}`;
  }
}

async function btrfs(path: string, ...words: readonly string[]): Promise<void> {
  const { code, stderr, startError } = await runProgramWithin(ANSWER_WITHIN_MS, ["btrfs", ...words]);
  if (code === 0) return;
  if (startError !== null || code === 127)
    throw failure("There is no btrfs command.", "apt install btrfs-progs");
  throw failure(`btrfs ${words[0]} ${words[1]} did not work on ${path}.`, stderr);
}

const failure = (message: string, stderr: string): Problem =>
  new Problem("server_write_failed", message, { detail: printableLines(stderr.trim()) });
