// What came from a host takes its place in the new tree.
import { chmodSync, linkSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

interface Merge {
  readonly from: Buffer;
  readonly into: Buffer;
  /** Gets what has to make way. */
  readonly makeWay: (target: Buffer) => void;
  readonly folders: Buffer[];
  /** Called after each entry. Looks are made without waiting, as each takes a tenth of the time then; others get a turn here. */
  readonly breathe: () => Promise<void> | undefined;
}

const ENTRIES_IN_A_ROW = 256;
const SLASH = Buffer.from("/");

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
  if (kindOf(Buffer.from(from)) !== "folder") return folders;
  await mkdir(aside, { mode: 0o700 });
  const [madeWay, done] = [{ count: 0 }, { count: 0 }];
  const merge: Merge = {
    from: Buffer.from(`${from}/`),
    into: Buffer.from(`${into}/`),
    makeWay: (target) => {
      madeWay.count += 1;
      renameSync(target, join(aside, `${madeWay.count}`));
    },
    folders,
    breathe: () => {
      done.count += 1;
      if (done.count % ENTRIES_IN_A_ROW !== 0) return;
      stop.throwIfAborted();
      return setImmediate();
    },
  };
  await mergeFolder(merge, Buffer.alloc(0));
  return folders;
}

async function mergeFolder(merge: Merge, folder: Buffer): Promise<void> {
  const { from, into, folders, breathe } = merge;
  openUp(Buffer.concat([into, folder]));
  const prefix = folder.length === 0 ? folder : Buffer.concat([folder, SLASH]);
  const place = Buffer.concat([from, folder]);
  for (const entry of readdirSync(place, { encoding: "buffer", withFileTypes: true })) {
    const path = Buffer.concat([prefix, entry.name]);
    if (entry.isDirectory()) {
      makeFolder(merge, Buffer.concat([into, path]));
      folders.push(path);
      await mergeFolder(merge, path);
    } else placeFile(merge, Buffer.concat([from, path]), Buffer.concat([into, path]));
    const turn = breathe();
    if (turn !== undefined) await turn;
  }
}

/** Who is not root may put nothing into a folder without this right; what it is like is taken over later. */
function openUp(folder: Buffer): void {
  const { mode } = lstatSync(folder);
  if ((mode & 0o700) !== 0o700) chmodSync(folder, (mode & 0o7777) | 0o700);
}

function makeFolder({ makeWay }: Merge, target: Buffer): void {
  const there = kindOf(target);
  if (there === "other") makeWay(target);
  if (there !== "folder") mkdirSync(target, { mode: 0o700 });
}

function placeFile({ makeWay }: Merge, source: Buffer, target: Buffer): void {
  let refusal = refusalOf(() => linkSync(source, target));
  if (refusal === "EEXIST") {
    if (kindOf(target) === "folder") makeWay(target);
    else rmSync(target);
    refusal = refusalOf(() => linkSync(source, target));
  }
  // A file can have so many names and no more (65,000 on ext4); one of those that it has is enough.
  if (refusal !== null) renameSync(source, target);
}

/** Why a link was not made, where that is one of the two expected reasons. */
function refusalOf(link: () => void): "EEXIST" | "EMLINK" | null {
  try {
    link();
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" || code === "EMLINK") return code;
    throw error;
  }
}

function kindOf(path: Buffer): "folder" | "other" | "nothing" {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "nothing";
  return found.isDirectory() ? "folder" : "other";
}
