// What lies in a tree: every entry of it, or chosen ones. Nothing is opened or followed; names stay bytes.
import { readlink } from "node:fs/promises";
import type { EntryFacts, EntryType } from "../domain/entry.ts";
import { ENTRY_TYPES } from "../domain/entry.ts";
import { Problem } from "../domain/problem.ts";
import { calmly } from "./calmly.ts";
import { type ProgramResult, runProgram } from "./program.ts";

export interface WalkedEntry {
  /** Below the tree, without a slash at either end. */
  readonly path: Buffer;
  readonly facts: EntryFacts;
}

const ZERO = 0;
const SLASH = Buffer.from("/");

/**
 * Calls `take` for each entry below a tree, folders before what they hold; for the tree itself too, with an empty path, when
 * that is said. Stays on the tree's file system.
 */
export async function walkTree(
  tree: string,
  take: (entry: WalkedEntry) => void,
  stop?: AbortSignal,
  which: "below" | "itself too" = "below",
): Promise<void> {
  const argv = ["find", "-P", tree, "-xdev", "-mindepth", which === "below" ? "1" : "0"];
  const fields = "%P\\0%y\\0%s\\0%T@\\0%m\\0%U\\0%G\\0%i\\0%b\\0%l\\0";
  const reader = fieldReader(10, (found) => take(walkedEntry(found)));
  const result = await runProgram(calmly([...argv, "-printf", fields]), {
    onOutput: reader,
    ...(stop === undefined ? {} : { stop }),
  });
  stop?.throwIfAborted();
  refuseFailure(tree, result);
}

/** What find says of one entry. */
function walkedEntry(fields: readonly Buffer[]): WalkedEntry {
  const [path = Buffer.alloc(0), type, size, mtime, mode, uid, gid, inode, blocks, target = Buffer.alloc(0)] =
    fields;
  const kind = typeOf(String(type));
  return {
    path,
    facts: {
      ...{ type: kind, size: kind === "d" ? 0 : Number(size), ...findTime(String(mtime)) },
      ...{ mode: Number.parseInt(String(mode), 8), uid: Number(uid), gid: Number(gid) },
      target: kind === "l" ? target : null,
      inode: kind === "d" ? null : safeInode(Number(inode)),
      blocks: Number(blocks),
    },
  };
}

/**
 * Calls `take` for those of these paths that exist, in their order.
 *
 * One program is given all of them: a call from here for each would take three times as long.
 */
export async function lookAtPaths(
  tree: string,
  paths: readonly Buffer[],
  take: (entry: WalkedEntry) => void,
  stop?: AbortSignal,
): Promise<void> {
  if (paths.length === 0) return;
  const found: WalkedEntry[] = [];
  const reader = fieldReader(8, (fields) => found.push(statEntry(fields)));
  // A name that begins with a dash is none after "./".
  const input = Buffer.concat(paths.flatMap((path) => [Buffer.from("./"), path, Buffer.from([ZERO])]));
  const format = "%n\\0%f\\0%s\\0%.9Y\\0%u\\0%g\\0%i\\0%b\\0";
  await runProgram(["xargs", "-0", "-r", "stat", `--printf=${format}`, "--"], {
    ...{ cwd: tree, input, onOutput: reader },
    ...(stop === undefined ? {} : { stop }),
  });
  stop?.throwIfAborted();
  for (const { path, facts } of found) {
    const full = Buffer.concat([Buffer.from(tree), SLASH, path]);
    const target = facts.type === "l" ? await readlink(full, { encoding: "buffer" }) : null;
    take({ path, facts: { ...facts, target } });
  }
}

const MODE_TYPES: Readonly<Record<number, EntryType>> = {
  ...{ 1: "p", 2: "c", 4: "d", 6: "b", 8: "f", 10: "l", 12: "s" },
};

function statEntry(fields: readonly Buffer[]): WalkedEntry {
  const [name = Buffer.alloc(0), raw, size, mtime, uid, gid, inode, blocks] = fields;
  const mode = Number.parseInt(String(raw), 16);
  const type = MODE_TYPES[mode >> 12] ?? "f";
  return {
    path: name.subarray(2),
    facts: {
      ...{ type, size: type === "d" ? 0 : Number(size), ...statTime(String(mtime)) },
      ...{ mode: mode & 0o7777, uid: Number(uid), gid: Number(gid) },
      ...{ target: null, inode: type === "d" ? null : safeInode(Number(inode)), blocks: Number(blocks) },
    },
  };
}

const typeOf = (letter: string): EntryType => ENTRY_TYPES.find((type) => type === letter) ?? "f";

/** One that a number cannot hold exactly would be taken for another. */
const safeInode = (inode: number): number | null => (Number.isSafeInteger(inode) ? inode : null);

/** find's spelling: whole seconds, downwards, and a fraction that counts forwards, also before 1970. */
function findTime(text: string): { mtimeSeconds: number; mtimeNanoseconds: number } {
  const [seconds = "0", fraction = ""] = text.split(".");
  return { mtimeSeconds: Number(seconds), mtimeNanoseconds: Number(fraction.slice(0, 9).padEnd(9, "0")) };
}

/** stat's spelling: a decimal number, so before 1970 the fraction counts backwards. */
function statTime(text: string): { mtimeSeconds: number; mtimeNanoseconds: number } {
  const found = findTime(text);
  if (!text.startsWith("-") || found.mtimeNanoseconds === 0) return found;
  return { mtimeSeconds: found.mtimeSeconds - 1, mtimeNanoseconds: 1_000_000_000 - found.mtimeNanoseconds };
}

/** Takes pieces of output and gives so many fields at a time, each of which ends with a NUL. */
function fieldReader(count: number, take: (fields: Buffer[]) => void): (chunk: Buffer) => void {
  let carry = Buffer.alloc(0);
  let fields: Buffer[] = [];
  return (chunk) => {
    const text = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    let from = 0;
    for (let at = text.indexOf(ZERO); at >= 0; at = text.indexOf(ZERO, from)) {
      // A copy, so that one name does not keep a whole piece of output in memory.
      fields.push(Buffer.from(text.subarray(from, at)));
      from = at + 1;
      if (fields.length === count) {
        take(fields);
        fields = [];
      }
    }
    carry = Buffer.from(text.subarray(from));
  };
}

function refuseFailure(tree: string, { code, stderr, startError }: ProgramResult): void {
  if (code === 0) return;
  throw new Problem("server_write_failed", `${tree} could not be read to its end.`, {
    detail: startError?.message ?? stderr.trim(),
  });
}
