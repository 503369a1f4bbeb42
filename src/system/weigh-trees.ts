// What the disk would get back if some trees were deleted: the inodes that have no name outside of them.
import { calmly } from "./calmly.ts";
import { runProgramWithin } from "./program.ts";

export interface Weight {
  /** Of the disk, not apparent sizes. */
  readonly bytes: number;
  /** False when the time was over before everything was seen: then it is that much at least. */
  readonly complete: boolean;
}

const BLOCK_BYTES = 512;
/** So many fit well within what a program may be given as arguments. */
const PATHS_AT_ONCE = 200;

/**
 * Weighs trees together, as their common files are freed only when all of them go.
 *
 * Only folders, links and names are read, with low priority; nothing is followed, no other file system entered.
 *
 * @param withinMs how long it may take
 * @param counted which inodes: those that would be freed, or all that are there
 */
export async function weighTrees(
  paths: readonly string[],
  withinMs: number,
  stop?: AbortSignal,
  counted: "without names elsewhere" | "wherever else it has names" = "without names elsewhere",
): Promise<Weight> {
  if (paths.length === 0) return { bytes: 0, complete: true };
  let blocks = 0;
  // Of files with several names: how many of them have not been seen yet.
  const unseen = new Map<string, number>();
  const known = new Set<string>();
  const take = (line: string): void => {
    const [size = "0", links = "1", inode = ""] = line.split(" ");
    if (inode === "") {
      blocks += Number(size);
      return;
    }
    if (counted === "wherever else it has names") {
      if (!known.has(inode)) blocks += Number(size);
      known.add(inode);
      return;
    }
    const left = (unseen.get(inode) ?? Number(links)) - 1;
    if (left > 0) unseen.set(inode, left);
    else {
      unseen.delete(inode);
      blocks += Number(size);
    }
  };
  const deadline = performance.now() + withinMs;
  let complete = true;
  for (let at = 0; at < paths.length && complete; at += PATHS_AT_ONCE) {
    const leftMs = Math.max(1, deadline - performance.now());
    complete = await listInodes(paths.slice(at, at + PATHS_AT_ONCE), leftMs, take, stop);
  }
  return { bytes: blocks * BLOCK_BYTES, complete };
}

/** Calls `take` with a line for each inode; false when it did not get to the end. */
async function listInodes(
  paths: readonly string[],
  withinMs: number,
  take: (line: string) => void,
  stop?: AbortSignal,
): Promise<boolean> {
  let carry = "";
  const onOutput = (chunk: Buffer): void => {
    const lines = (carry + chunk.toString("latin1")).split("\n");
    carry = lines.pop() ?? "";
    for (const line of lines) take(line);
  };
  // Names are not printed, so nothing in a tree can pretend to be another line.
  const argv = [
    ...["find", "-P", ...paths, "-xdev"],
    ...["(", "-type", "d", "-o", "-links", "1", ")", "-printf", "%b\\n", "-o", "-printf", "%b %n %i\\n"],
  ];
  const options = { onOutput, ...(stop === undefined ? {} : { stop }) };
  const { timedOut, code } = await runProgramWithin(withinMs, calmly(argv), options);
  return !timedOut && code === 0;
}
