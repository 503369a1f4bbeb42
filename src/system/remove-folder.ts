// Removing a folder with everything in it, by several programs at once where that pays.
import { lstatSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { calmly } from "./calmly.ts";
import { type ProgramResult, runProgram } from "./program.ts";
import { partsOf } from "./tree-parts.ts";

export interface RemovalControl {
  /** Ends the removal when it is aborted; another call removes what is left. */
  readonly stop?: AbortSignal;
  /** Takes the share of the tree that is gone, from 0 to 1, now and then; a guess from the parts that are gone. */
  readonly onShare?: (share: number) => void;
}

const LOOK_EVERY_MS = 500;

/**
 * Given to find after its starting points. Asking for more than no name is always answered with yes, and makes find read
 * the number of names right before one of them goes: so files that have names elsewhere are told apart in the same pass,
 * and a line is printed only when the last name is really gone.
 *
 * rm would save one system call a file and could not tell what came free.
 */
const REMOVE_AND_TELL = [
  ...["-xdev", "-depth", "-links", "+0", "-delete"],
  ...["(", "-type", "d", "-o", "-links", "1", ")", "-printf", "%b\\n"],
];

/**
 * One attempt: programs take parts of the tree side by side, as far as that pays, and a last one takes what is left. What
 * goes wrong counts only for the last one, which comes by everything that the others left behind.
 *
 * A program that is done does not help another one out: tried, and two in one corner took more processor time, not less
 * time.
 */
export async function removeFolder(
  tree: string,
  options: RemovalControl,
  tally: Tally,
): Promise<ProgramResult> {
  const programs = await programsThatPay(tree);
  const parts = programs > 1 ? await partsOf(tree) : [];
  const shares = Array.from({ length: programs }, (_, at) => parts.filter((_, n) => n % programs === at));
  const stopWatching = watchShare(parts, options);
  // All have ended when a stop is passed on: nothing of ours goes on removing behind anyone's back.
  await Promise.all(shares.map((share) => removeParts(tree, share, options, tally))).finally(stopWatching);
  options.stop?.throwIfAborted();
  const result = await run(["find", "-P", tree, ...REMOVE_AND_TELL], options, tally);
  options.stop?.throwIfAborted();
  return result;
}

async function removeParts(
  tree: string,
  parts: readonly Buffer[],
  options: RemovalControl,
  tally: Tally,
): Promise<void> {
  if (parts.length === 0) return;
  const together = pathsTogether(parts);
  const xargs = ["xargs", "-0", "-r", "-x", "-n", String(together + REMOVE_AND_TELL.length)];
  await run([...xargs, "find", "-P"], { ...options, input: wordsFor(parts, together), cwd: tree }, tally);
}

/** What xargs gives to a program by default is twice as much. */
const PATHS_BYTES = 65_536;

/** How many of these paths one find takes: starting one takes as long as removing a hundred files. */
const pathsTogether = (paths: readonly Buffer[]): number =>
  Math.max(1, Math.floor(PATHS_BYTES / (1 + Math.max(...paths.map(({ length }) => length)))));

/**
 * Input for xargs: bytes, as Node can pass arguments only as text. xargs puts its words last and find wants paths first,
 * so what find shall do follows each group of paths, and each group is as long as what xargs takes at once.
 *
 * A find without a path would work where it is started: that is in the tree, for the day on which xargs counts otherwise.
 */
function wordsFor(paths: readonly Buffer[], together: number): Buffer {
  const words: Buffer[] = [];
  for (let at = 0; at < paths.length; at += together)
    words.push(...paths.slice(at, at + together), ...REMOVE_AND_TELL.map((word) => Buffer.from(word)));
  return Buffer.concat(words.flatMap((word) => [word, NUL]));
}

const NUL = Buffer.from([0]);

/** The statfs type that ext2, ext3 and ext4 share. */
const EXT = 0xef53;

/** On ext4 two are faster than one, and three or four no faster than two; on xfs and btrfs one waits for the other. */
const programsThatPay = async (tree: string): Promise<number> => ((await statfs(tree)).type === EXT ? 2 : 1);

/** Each program has a pipe of its own: from a shared one their lines would come cut in pieces and mixed. */
const run = (
  argv: readonly string[],
  { stop, input, cwd }: RemovalControl & { input?: Buffer; cwd?: string },
  tally: Tally,
): Promise<ProgramResult> =>
  runProgram(calmly(argv), {
    onOutput: tally.reader(),
    ...(input === undefined ? {} : { input }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(stop === undefined ? {} : { stop }),
  });

/** Counts the blocks that came free. */
export interface Tally {
  /** A function that takes one program's output as it comes. */
  readonly reader: () => (chunk: Buffer) => void;
  readonly blocks: () => number;
}

export function newTally(): Tally {
  let blocks = 0;
  const reader = () => {
    let carry = "";
    return (chunk: Buffer): void => {
      const lines = (carry + chunk.toString("latin1")).split("\n");
      carry = lines.pop() ?? "";
      for (const line of lines) blocks += Number(line);
    };
  };
  return { reader, blocks: () => blocks };
}

/** Reports which share of the parts is gone. Returns a function that ends it. */
function watchShare(parts: readonly Buffer[], { onShare }: RemovalControl): () => void {
  if (onShare === undefined || parts.length === 0) return () => {};
  const timer = setInterval(() => onShare(parts.filter(isGone).length / parts.length), LOOK_EVERY_MS);
  return () => clearInterval(timer);
}

/** False also where we cannot look. */
function isGone(path: Buffer): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}
