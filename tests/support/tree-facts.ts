// An exact record of a file tree, to prove that a copy of it lacks nothing.
import { type BigIntStats, lstatSync, readlinkSync } from "node:fs";
import { resolve } from "node:path";
import { contentHash } from "./content-hash.ts";
import { pathText } from "./path-text.ts";
import { joinBytes, pathsBelow } from "./tree-paths.ts";
import { readXattrs } from "./xattrs.ts";

export type EntryType =
  | "file"
  | "directory"
  | "symlink"
  | "fifo"
  | "socket"
  | "character"
  | "block"
  | "unknown";

export type EntryFacts = {
  type: EntryType;
  /** Permission bits with setuid, setgid and sticky. */
  mode: number;
  uid: number;
  gid: number;
  /** Bytes; null for directories, whose size is the file system's affair. */
  size: number | null;
  mtimeNs: bigint;
  /** Where a symlink points, as text (see pathText). */
  target: string | null;
  /** `major:minor` of a device. */
  device: string | null;
  /** A hash of a regular file's content (see contentHash). */
  content: string | null;
  /** A regular file that takes less room than its size. */
  isSparse: boolean;
  /** Every extended attribute, ACLs (`system.posix_acl_…`) and capabilities included: name → `0x…`. */
  xattrs: Record<string, string>;
};

export type TreeFacts = {
  /** By path below the root, as text (see pathText); the root itself is ".". */
  entries: Map<string, EntryFacts>;
  /** Which paths of the tree are one and the same file, each group in order. */
  hardLinks: string[][];
};

/**
 * Reads a whole tree. Access and change times, inode numbers and the sizes of folders are left out.
 * @throws Error when something in the tree changes its place meanwhile
 */
export async function treeFacts(dir: string | Buffer): Promise<TreeFacts> {
  const root = typeof dir === "string" ? Buffer.from(resolve(dir)) : dir;
  const found = [
    { name: ".", absolute: joinBytes(root, ".") },
    ...pathsBelow(root).map(({ relative, absolute }) => ({ name: pathText(relative), absolute })),
  ];
  const xattrs = await readXattrs(found.map(({ absolute }) => absolute));
  const entries = new Map<string, EntryFacts>();
  const inodes = new Map<string, string[]>();
  for (const [index, { name, absolute }] of found.entries()) {
    const stat = lstatSync(absolute, { bigint: true });
    entries.set(name, entryFacts(absolute, stat, xattrs[index] ?? {}));
    if (stat.nlink < 2n || stat.isDirectory()) continue;
    const inode = `${stat.dev}:${stat.ino}`;
    inodes.set(inode, [...(inodes.get(inode) ?? []), name]);
  }
  return {
    entries,
    hardLinks: [...inodes.values()].filter((group) => group.length > 1).map((g) => g.sort()),
  };
}

function entryFacts(path: Buffer, stat: BigIntStats, xattrs: Record<string, string>): EntryFacts {
  const type = entryType(stat);
  const isFile = type === "file";
  const isSparse = isFile && stat.blocks * 512n < stat.size;
  return {
    type,
    mode: Number(stat.mode & 0o7777n),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    size: type === "directory" ? null : Number(stat.size),
    mtimeNs: stat.mtimeNs,
    target: type === "symlink" ? pathText(readlinkSync(path, { encoding: "buffer" })) : null,
    device: type === "character" || type === "block" ? deviceNumber(stat.rdev) : null,
    content: isFile ? contentHash(path, Number(stat.size), isSparse) : null,
    isSparse,
    xattrs,
  };
}

function entryType(stat: BigIntStats): EntryType {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return "symlink";
  if (stat.isFIFO()) return "fifo";
  if (stat.isSocket()) return "socket";
  if (stat.isCharacterDevice()) return "character";
  return stat.isBlockDevice() ? "block" : "unknown";
}

/** As Linux packs it: 12 + 20 bits, interleaved (gnu_dev_makedev in glibc). */
function deviceNumber(rdev: bigint): string {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}
