// Opening what a snapshot holds at a path, for reading, without following anything that its host may have planted.
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { EntryType } from "../domain/entry.ts";

/** What lies at a path. `path` is where: the whole path, or the link or file at which its folders end. */
export type StoredThing =
  | { readonly kind: "file"; readonly size: number; readonly content: Readable }
  | { readonly kind: "missing" }
  | {
      readonly kind: "other";
      readonly type: EntryType;
      readonly path: Buffer;
      readonly target: Buffer | null;
    };

const SLASH = Buffer.from("/");
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Opening a pipe or a device that is none must not wait for anybody. */
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a regular file below a tree. `path` begins without a slash.
 *
 * Each folder is opened from within the one before it, so that what is looked at is what is opened, even in a tree of
 * another tool that changes meanwhile. Whoever gets a file reads its content to the end, or destroys it.
 */
export async function openStored(tree: string, path: Buffer): Promise<StoredThing> {
  let folder = await open(tree, FOLDER);
  try {
    const names = partsOf(path);
    for (const [at, name] of names.entries()) {
      const here = Buffer.concat([Buffer.from(`/proc/self/fd/${folder.fd}/`), name]);
      const found = await look(here);
      if (found === null) return { kind: "missing" };
      const isLast = at === names.length - 1;
      if (isLast && found.type === "f") return await openFile(here);
      if (isLast || found.type !== "d")
        return { kind: "other", ...found, path: joined(names.slice(0, at + 1)) };
      const next = await open(here, FOLDER);
      await folder.close();
      folder = next;
    }
    return { kind: "other", type: "d", path: Buffer.alloc(0), target: null };
  } finally {
    await folder.close();
  }
}

async function look(path: Buffer): Promise<{ type: EntryType; target: Buffer | null } | null> {
  const stat = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENAMETOOLONG") return null;
    throw error;
  });
  if (stat === null) return null;
  if (stat.isSymbolicLink()) return { type: "l", target: await readlink(path, { encoding: "buffer" }) };
  const type = stat.isFile()
    ? "f"
    : stat.isDirectory()
      ? "d"
      : stat.isFIFO()
        ? "p"
        : stat.isSocket()
          ? "s"
          : null;
  return { type: type ?? (stat.isBlockDevice() ? "b" : "c"), target: null };
}

async function openFile(path: Buffer): Promise<StoredThing> {
  const handle: FileHandle = await open(path, FILE);
  try {
    const stat = await handle.stat();
    // Something else has taken its place since it was looked at.
    if (!stat.isFile()) throw new Error("it is no file any more");
    return { kind: "file", size: stat.size, content: handle.createReadStream() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const partsOf = (path: Buffer): Buffer[] => {
  const parts: Buffer[] = [];
  for (let from = 0; from < path.length; ) {
    const at = path.indexOf(SLASH, from);
    const end = at < 0 ? path.length : at;
    parts.push(path.subarray(from, end));
    from = end + 1;
  }
  return parts;
};

const joined = (names: readonly Buffer[]): Buffer =>
  Buffer.concat(names.flatMap((name, at) => (at === 0 ? [name] : [SLASH, name])));
