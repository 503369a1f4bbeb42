// A new tree that shares entries with an older one. The links are made here, outside of the sandbox, so that rsync in there never
// has a name of a file that a finished snapshot has as well.
import { linkSync, lstatSync, mkdirSync } from "node:fs";

/**
 * Paths are relative to both trees, as Latin-1 text: a character for each byte. Most are all ASCII, and those Node takes as text in
 * half the time. What is false was not done, and nothing else was either.
 */
export interface SharedTree {
  /** Makes a folder of that name, empty and only ours. Its own facts come at the end. */
  readonly folder: (path: string) => boolean;
  /** Gives an entry of the older tree that is no folder the same name here. `kind` is rsync's letter for what it is. */
  readonly share: (path: string, kind: string) => boolean;
  /** Gives an entry that is here already another name. */
  readonly also: (path: string, leader: string) => boolean;
}

/**
 * Nobody else writes in either tree meanwhile. Where the way to an entry leads through anything but folders, nothing is done: a
 * host may name one in its list that is a link in the older tree, to somewhere on this server.
 *
 * False too where the file system takes no more links to a file (65,000 on ext4).
 */
export function shareTree(base: string, data: string): SharedTree {
  const [older, newer] = [knownFolders(base), knownFolders(data)];
  return {
    folder: (path) => {
      if (path.length === 0) return true;
      if (!newer.holds(path)) return false;
      const isMade = attempt(() => mkdirSync(newer.place(path), { mode: 0o700 })) || newer.isFolder(path);
      if (isMade) newer.remember(path);
      return isMade;
    },
    share: (path) =>
      older.holds(path) && newer.holds(path) && attempt(() => linkSync(older.place(path), newer.place(path))),
    also: (path, leader) =>
      newer.holds(path) &&
      newer.holds(leader) &&
      attempt(() => linkSync(newer.place(leader), newer.place(path))),
  };
}

/** A relative path whose parts are all names. */
export const isProper = (path: string): boolean => path.length > 0 && !/(^|\/)\.{0,2}(\/|$)/.test(path);

/** Refusals that mean "not this one"; others, such as a full disk, are the whole backup's. */
const NOT_THIS_ONE = new Set(["EEXIST", "ENOENT", "ENOTDIR", "EMLINK", "EPERM", "EACCES", "ENAMETOOLONG"]);

/** Whether it was done, and did not say no. */
function attempt(what: () => unknown): boolean {
  try {
    return what() !== false;
  } catch (error) {
    if (NOT_THIS_ONE.has((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** Characters at the beginning of both paths that are whole parts of both, with the slash behind them. */
function commonParts(a: string, b: string): number {
  let parts = 0;
  for (let at = 0; ; at++) {
    const [isEndOfA, isEndOfB] = [at === a.length || a[at] === "/", at === b.length || b[at] === "/"];
    if (isEndOfA && isEndOfB) parts = at + 1;
    if (at >= a.length || at >= b.length || a[at] !== b[at]) return Math.min(parts, b.length);
  }
}

interface KnownFolders {
  readonly place: (path: string) => string | Buffer;
  readonly isFolder: (path: string) => boolean;
  /** Whether the path is a proper one and the way to its entry consists of folders. */
  readonly holds: (path: string) => boolean;
  /** It holds the entry of this path, which is a folder: nobody need look whether it is one. */
  readonly remember: (path: string) => void;
}

const ASCII = /^[\0-\x7f]*$/;

/** Entries come folder by folder, so the last answer is most often the next one. */
function knownFolders(tree: string): KnownFolders {
  const prefix = `${tree}/`;
  const place = (path: string): string | Buffer =>
    ASCII.test(path) ? prefix + path : Buffer.concat([Buffer.from(prefix), Buffer.from(path, "latin1")]);
  const isFolder = (path: string): boolean => attempt(() => lstatSync(place(path)).isDirectory());
  let known = "";
  const remember = (path: string): void => {
    known = path;
  };
  const holds = (path: string): boolean => {
    const end = path.lastIndexOf("/");
    // The folder is the last one: only the name in it can be improper.
    if (end > 0 && end === known.length && path.startsWith(known)) return isName(path, end + 1);
    if (!isProper(path)) return false;
    if (end < 0) return true;
    const parent = path.slice(0, end);
    const common = commonParts(known, parent);
    for (let at = parent.indexOf("/", common); at >= 0; at = parent.indexOf("/", at + 1))
      if (!isFolder(parent.slice(0, at))) return false;
    if (parent.length > common && !isFolder(parent)) return false;
    known = parent;
    return true;
  };
  return { place, isFolder, holds, remember };
}

/** Whether what begins there is a name: not empty, and neither of the two that every folder has. */
const isName = (path: string, from: number): boolean => {
  const length = path.length - from;
  return length > 2 || (length > 0 && !path.endsWith(length === 1 ? "." : ".."));
};
