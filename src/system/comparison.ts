// The comparison of a host's tree with an older one, line by line: what is as it was is shared at once, the rest is noted to be
// fetched.
import { closeSync, openSync, writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { Problem } from "../domain/problem.ts";
import { type LogItem, parseItem, unchangedPath } from "./log-items.ts";
import { isProper, type SharedTree } from "./shared-tree.ts";

/** A file of names: absolute, each with a NUL behind it. */
export interface NameList {
  /** @param item what rsync says of it, where it does */
  readonly add: (path: Buffer, item?: LogItem) => void;
  readonly count: () => number;
  readonly close: () => void;
}

const LIST_CHUNK = 256;

/** @param prefix stands before each name */
export function nameList(path: string, prefix = ""): NameList {
  const start = Buffer.from(`${prefix}/`);
  const file = openSync(path, "w", 0o600);
  let waiting: Buffer[] = [];
  let count = 0;
  const flush = (): void => {
    if (waiting.length > 0) writeSync(file, Buffer.concat(waiting));
    waiting = [];
  };
  return {
    add: (name) => {
      count += 1;
      waiting.push(start, name, Buffer.from([0]));
      if (waiting.length >= LIST_CHUNK) flush();
    },
    count: () => count,
    close: () => {
      flush();
      closeSync(file);
    },
  };
}

/** What a comparison writes into. */
export interface ComparisonTarget {
  readonly tree: SharedTree;
  /** Entries that have to come from the host. */
  readonly wanted: { readonly add: (path: Buffer, item: LogItem) => void };
  /** Folders that are as they were. */
  readonly kept: NameList;
  /** Gets rsync's line about each new name of a file that is here already. */
  readonly onNewName: (line: Buffer) => void;
}

export interface Comparison {
  /** Whole lines of rsync's; one piece after the other. */
  readonly take: (lines: Buffer) => Promise<void>;
  /** After the last line. Says how the folder that holds everything compares; "absent": nobody asked for it. */
  readonly end: () => "absent" | "as it was" | "different";
}

const LINE_FEED = 0x0a;
const LINES_AT_ONCE = 500;

/** @throws Problem `unsafe_remote` when an entry's name would lead out of the tree, which rsync itself never lets through */
export function readComparison({ tree, wanted, kept, onNewName }: ComparisonTarget): Comparison {
  const later: string[] = [];
  let root: ReturnType<Comparison["end"]> = "absent";
  const isNewName = (line: string, { path, leader }: LogItem): boolean => {
    if (leader === null || !tree.also(path.toString("latin1"), leader.toString("latin1"))) return false;
    onNewName(Buffer.from(`${line}\n`, "latin1"));
    return true;
  };
  const takeLine = (line: string): void => {
    // Of a hundred thousand lines most say just this.
    const same = unchangedPath(line);
    if (same !== null && tree.share(same, line[1] ?? "")) return;
    const item = line.startsWith("*") ? null : parseItem(line);
    if (item === null) return;
    const { path, isFolder, isUnchanged, leader } = item;
    if (path.length === 0) {
      root = isUnchanged ? "as it was" : "different";
      return;
    }
    const name = path.toString("latin1");
    if (!isProper(name)) throw new Problem("unsafe_remote", "The host sent a name that no file can have.");
    if (isFolder) {
      const isMade = tree.folder(name);
      (isMade && isUnchanged ? kept : wanted).add(path, item);
    } else if (leader !== null) {
      if (!isNewName(line, item)) later.push(line);
    } else if (!isUnchanged || !tree.share(name, line[1] ?? "")) wanted.add(path, item);
  };
  return {
    take: async (lines) => {
      let count = 0;
      for (let at = 0, end = lines.indexOf(LINE_FEED); end >= 0; end = lines.indexOf(LINE_FEED, at)) {
        takeLine(lines.toString("latin1", at, end));
        at = end + 1;
        count += 1;
        // Links are made without waiting; a worker has to say that it is alive meanwhile.
        if (count % LINES_AT_ONCE === 0) await setImmediate();
      }
    },
    end: () => {
      // The first name may come after the others; when it isn't here now, it has to be fetched, and the others with it.
      for (const line of later) {
        const item = parseItem(line);
        if (item !== null && !isNewName(line, item)) wanted.add(item.path, item);
      }
      return root;
    },
  };
}
