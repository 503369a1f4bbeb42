// A new tree that began as a copy of an older one: what the host still has stays, and everything else goes.
import { closeSync, lstatSync, openSync, rmdirSync, unlinkSync, writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { difference, mustRun, sortNames } from "./name-lists.ts";
import { isProper, type SharedTree, shareTree } from "./shared-tree.ts";

/** Besides what every new tree can do. Before it was settled, nothing has another name given (`also`). */
export interface CopiedTree extends SharedTree {
  /**
   * After the last line of a comparison: takes out what no line spoke of as unchanged. Whatever is in the tree then is as the host
   * has it. Returns what should be there and is not, which has to come from the host.
   */
  readonly settle: (stop: AbortSignal) => Promise<Buffer[]>;
  /** Folders of the older tree, below it, in which something was taken out or got a name, which has changed their times. */
  readonly touched: () => Buffer[];
  readonly close: () => void;
}

/** rsync's letters for kinds of entries, and find's. */
const KINDS: Readonly<Record<string, string>> = { f: "f", d: "d", L: "l", D: "bc", S: "ps" };
const LINES_AT_ONCE = 256;
const STEPS_IN_A_ROW = 500;
/** Between a path and its kind: no path has two slashes in a row. */
const SEPARATOR = "//";

/**
 * @param leftOut the name of a folder of ours in the tree, without anything in it that could be a pattern
 * @param lists a path for files of names, one for what was seen; others get an ending
 *
 * Names are noted in a file and held against the tree by `sort` and `comm`, because a set of a million names in memory takes a
 * hundred megabytes. What is taken out is named by find, which follows nothing, never by the host.
 */
export function copiedTree(data: string, leftOut: string, lists: string): CopiedTree {
  const file = openSync(lists, "w", 0o600);
  let waiting: Buffer[] = [];
  let isOpen = true;
  const [touched, made] = [new Set<string>(), new Set<string>()];
  const linked = shareTree(data, data);
  let isSettled = false;
  const flush = (): void => {
    if (waiting.length > 0) writeSync(file, Buffer.concat(waiting));
    waiting = [];
  };
  const note = (path: string, kind: string): boolean => {
    for (const letter of KINDS[kind] ?? "")
      waiting.push(Buffer.from(`${path}${SEPARATOR}${letter}\0`, "latin1"));
    if (waiting.length >= LINES_AT_ONCE) flush();
    return true;
  };
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    flush();
    closeSync(file);
  };
  const touch = (path: string): void => void touched.add(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  return {
    folder: (path) => note(path, "d"),
    share: (path, kind) => isProper(path) && note(path, kind),
    also: (path, leader) => {
      if (!isSettled || !linked.also(path, leader)) return false;
      touch(path);
      return true;
    },
    settle: async (stop) => {
      close();
      const { surplus, missing } = await compareWithTree(data, leftOut, lists, stop);
      await takeOut(data, surplus, (path) => touch(path.toString("latin1")), stop);
      isSettled = true;
      const absent = missing.filter((entry) => !isOneOfTwoKinds(data, entry));
      // A folder is made where it is wanted, so that names can be given in it; each after the one that holds it.
      const folders = absent.filter(({ kind }) => kind === "d").map(({ path }) => path);
      for (const path of folders.sort(Buffer.compare).map((folder) => folder.toString("latin1"))) {
        if (linked.folder(path)) touch(path);
        made.add(path);
      }
      return absent.map(({ path }) => path);
    },
    touched: () =>
      [...touched]
        .filter((path) => path !== "" && !made.has(path))
        .map((path) => Buffer.from(path, "latin1"))
        .filter((path) => isFolder(data, path)),
    close,
  };
}

interface Named {
  readonly path: Buffer;
  readonly kind: string;
}

/** A device or a special file was noted as either of its two kinds, and is there as the other one. */
function isOneOfTwoKinds(data: string, { path, kind }: Named): boolean {
  if (!"bcps".includes(kind)) return false;
  const facts = lstatSync(Buffer.concat([Buffer.from(`${data}/`), path]), { throwIfNoEntry: false });
  if (facts === undefined) return false;
  return "bc".includes(kind)
    ? facts.isBlockDevice() || facts.isCharacterDevice()
    : facts.isFIFO() || facts.isSocket();
}

const isFolder = (data: string, path: Buffer): boolean =>
  lstatSync(Buffer.concat([Buffer.from(`${data}/`), path]), { throwIfNoEntry: false })?.isDirectory() ===
  true;

/** What is in the tree and was not seen, and what was seen and is not in the tree. */
async function compareWithTree(
  data: string,
  leftOut: string,
  lists: string,
  stop: AbortSignal,
): Promise<{ surplus: Named[]; missing: Named[] }> {
  const [found, seen] = [`${lists}.found`, `${lists}.sorted`];
  const ours = ["-path", `./${leftOut}`, "-prune", "-o"];
  const walk = ["find", "-P", ".", "-xdev", "-mindepth", "1", ...ours, "-printf", `%P${SEPARATOR}%y\\0`];
  await Promise.all([
    mustRun(walk, { stop, cwd: data, outputFile: `${found}.raw` }).then(() =>
      sortNames(`${found}.raw`, found, stop),
    ),
    sortNames(lists, seen, stop),
  ]);
  return {
    surplus: namesOf(await difference(found, seen, "first", stop)),
    missing: namesOf(await difference(found, seen, "second", stop)),
  };
}

function namesOf(list: Buffer): Named[] {
  const names: Named[] = [];
  for (let from = 0, end = list.indexOf(0); end >= 0; end = list.indexOf(0, from)) {
    const path = Buffer.from(list.subarray(from, end - SEPARATOR.length - 1));
    names.push({ path, kind: String.fromCharCode(list[end - 1] ?? 0) });
    from = end + 1;
  }
  return names;
}

/** Folders last, those inside first. One that holds something that was seen stays: its own line was left out, or never sent. */
async function takeOut(
  data: string,
  surplus: readonly Named[],
  touch: (path: Buffer) => void,
  stop: AbortSignal,
): Promise<void> {
  const prefix = Buffer.from(`${data}/`);
  const folders: Buffer[] = [];
  let done = 0;
  const step = async (path: Buffer, remove: (place: Buffer) => void): Promise<void> => {
    remove(Buffer.concat([prefix, path]));
    touch(path);
    done += 1;
    if (done % STEPS_IN_A_ROW !== 0) return;
    stop.throwIfAborted();
    await setImmediate();
  };
  for (const { path, kind } of surplus) {
    if (kind === "d") folders.push(path);
    else await step(path, unlinkSync);
  }
  for (const path of folders.sort(Buffer.compare).reverse())
    await step(path, (place) => {
      try {
        rmdirSync(place);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
      }
    });
}
