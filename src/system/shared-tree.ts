// A new tree that shares entries with an older one. The links are made here, outside of the sandbox, so that rsync in there never
// has a name of a file that a finished snapshot has as well.
import { linkSync, lstatSync, mkdirSync } from "node:fs";

/** Paths are bytes, relative to both trees. What is false was not done, and nothing else was either. */
export interface SharedTree {
  /** Makes a folder of that name, empty and only ours. Its own facts come at the end. */
  readonly folder: (path: Buffer) => boolean;
  /** Gives an entry of the older tree that is no folder the same name here. `kind` is rsync's letter for what it is. */
  readonly share: (path: Buffer, kind: string) => boolean;
  /** Gives an entry that is here already another name. */
  readonly also: (path: Buffer, leader: Buffer) => boolean;
}

const SLASH = 0x2f;

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
      if (!isProper(path) || !newer.holds(path)) return false;
      return attempt(() => mkdirSync(newer.place(path), { mode: 0o700 })) || newer.isFolder(path);
    },
    share: (path) =>
      isProper(path) &&
      older.holds(path) &&
      newer.holds(path) &&
      attempt(() => linkSync(older.place(path), newer.place(path))),
    also: (path, leader) =>
      isProper(path) &&
      isProper(leader) &&
      newer.holds(path) &&
      newer.holds(leader) &&
      attempt(() => linkSync(Buffer.from(newer.place(leader)), newer.place(path))),
  };
}

/** A relative path whose parts are all names. */
export const isProper = (path: Buffer): boolean =>
  path.length > 0 && !/(^|\/)\.{0,2}(\/|$)/.test(path.toString("latin1"));

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

/** Bytes at the beginning of both paths that are whole parts of both, with the slash behind them. */
function commonParts(a: Buffer, b: Buffer): number {
  let parts = 0;
  for (let at = 0; ; at++) {
    const [isEndOfA, isEndOfB] = [at === a.length || a[at] === SLASH, at === b.length || b[at] === SLASH];
    if (isEndOfA && isEndOfB) parts = at + 1;
    if (at >= a.length || at >= b.length || a[at] !== b[at]) return Math.min(parts, b.length);
  }
}

interface KnownFolders {
  /** Valid until it is asked for the next one. */
  readonly place: (path: Buffer) => Buffer;
  readonly isFolder: (path: Buffer) => boolean;
  /** Whether the way to an entry consists of folders. */
  readonly holds: (path: Buffer) => boolean;
}

/** Entries come folder by folder, so the last answer is most often the next one. */
function knownFolders(tree: string): KnownFolders {
  const prefix = Buffer.from(`${tree}/`);
  // One for all: what is made for each of a hundred thousand paths has to be cleared away again.
  let room: Buffer = Buffer.alloc(0);
  const place = (path: Buffer): Buffer => {
    const length = prefix.length + path.length;
    if (room.length < length) room = Buffer.concat([prefix], 2 * length);
    path.copy(room, prefix.length);
    return room.subarray(0, length);
  };
  const isFolder = (path: Buffer): boolean => attempt(() => lstatSync(place(path)).isDirectory());
  let known: Buffer = Buffer.alloc(0);
  const holds = (path: Buffer): boolean => {
    const end = path.lastIndexOf(SLASH);
    if (end < 0) return true;
    const parent = path.subarray(0, end);
    if (parent.equals(known)) return true;
    const common = commonParts(known, parent);
    for (let at = parent.indexOf(SLASH, common); at >= 0; at = parent.indexOf(SLASH, at + 1))
      if (!isFolder(parent.subarray(0, at))) return false;
    if (parent.length > common && !isFolder(parent)) return false;
    known = Buffer.from(parent);
    return true;
  };
  return { place, isFolder, holds };
}
