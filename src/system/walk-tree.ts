// What lies in a tree: every entry of it. Nothing is opened or followed; names stay bytes.
import type { EntryType } from "../domain/entry.ts";
import { ENTRY_TYPES } from "../domain/entry.ts";
import { Problem } from "../domain/problem.ts";
import { calmly } from "./calmly.ts";
import { bornInodeAt } from "./look-at-paths.ts";
import { type ProgramResult, runProgram } from "./program.ts";
import { isSubvolume } from "./subvolume.ts";
import { safeInode, type WalkedEntry } from "./walked-entry.ts";

const END = "\0";

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
  const prefix = Buffer.from(`${tree}/`);
  // find cannot tell when a file was made.
  const inodeOf = (await isSubvolume(tree))
    ? (path: Buffer) => bornInodeAt(Buffer.concat([prefix, path]))
    : (_: Buffer, inode: number) => safeInode(inode);
  const reader = fieldReader(10, (found) => take(walkedEntry(found, inodeOf)));
  const result = await runProgram(calmly([...argv, "-printf", fields]), {
    onOutput: reader,
    ...(stop === undefined ? {} : { stop }),
  });
  stop?.throwIfAborted();
  refuseFailure(tree, result);
}

/** What find says of one entry; one character a byte. */
function walkedEntry(
  fields: readonly string[],
  inodeOf: (path: Buffer, inode: number) => number | null,
): WalkedEntry {
  const [path = "", type = "", size, mtime = "", mode = "", uid, gid, inode, blocks, target = ""] = fields;
  const kind = typeOf(type);
  const bytes = Buffer.from(path, "latin1");
  return {
    path: bytes,
    facts: {
      ...{ type: kind, size: kind === "d" ? 0 : Number(size), ...findTime(mtime) },
      ...{ mode: Number.parseInt(mode, 8), uid: Number(uid), gid: Number(gid) },
      target: kind === "l" ? Buffer.from(target, "latin1") : null,
      inode: kind === "d" ? null : inodeOf(bytes, Number(inode)),
      blocks: Number(blocks),
    },
  };
}

const typeOf = (letter: string): EntryType => ENTRY_TYPES.find((type) => type === letter) ?? "f";

/** find's spelling: whole seconds, downwards, and a fraction that counts forwards, also before 1970. */
function findTime(text: string): { mtimeSeconds: number; mtimeNanoseconds: number } {
  const [seconds = "0", fraction = ""] = text.split(".");
  return { mtimeSeconds: Number(seconds), mtimeNanoseconds: Number(fraction.slice(0, 9).padEnd(9, "0")) };
}

/**
 * Takes pieces of output and gives so many fields at a time, each of which ends with a NUL. As text, because a buffer for each
 * field of a million entries takes longer, and memory outside of what Node looks at when it decides to collect.
 */
function fieldReader(count: number, take: (fields: string[]) => void): (chunk: Buffer) => void {
  let carry = "";
  let fields: string[] = [];
  return (chunk) => {
    const text = carry + chunk.toString("latin1");
    let from = 0;
    for (let at = text.indexOf(END); at >= 0; at = text.indexOf(END, from)) {
      fields.push(text.slice(from, at));
      from = at + 1;
      if (fields.length === count) {
        take(fields);
        fields = [];
      }
    }
    carry = text.slice(from);
  };
}

function refuseFailure(tree: string, { code, stderr, startError }: ProgramResult): void {
  if (code === 0) return;
  throw new Problem("server_write_failed", `${tree} could not be read to its end.`, {
    detail: startError?.message ?? stderr.trim(),
  });
}
