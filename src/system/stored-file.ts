// Opening what a snapshot holds at a path, without following anything that its host may have planted.
import { constants } from "node:fs";
import { type FileHandle, lstat, open, opendir, readlink } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { EntryType } from "../domain/entry.ts";

/** What lies at a path that is no file. `path` is where: the whole path, or the link or file at which its folders end. */
export type NoFile =
  | { readonly kind: "missing" }
  | {
      readonly kind: "other";
      readonly type: EntryType;
      readonly path: Buffer;
      readonly target: Buffer | null;
    };

export interface OpenFile {
  readonly kind: "file";
  readonly size: number;
  readonly content: Readable;
}

export type StoredThing = OpenFile | NoFile;

const SLASH = Buffer.from("/");
const NAMES_AT_ONCE = 128;
/** Of a content at a time. */
const READ_BYTES = 256 * 1024;
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** Opening a pipe or a device that is none must not wait for anybody. */
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Opens a regular file below a tree. Whoever gets it reads its content to the end, or destroys it. */
export const openStored = (tree: string, path: Buffer): Promise<StoredThing> =>
  atStoredFile(tree, path, openFile);

/**
 * What lies at a path below a tree, reached from the open folder that it lies in. Whoever gets it closes that.
 *
 * The tree itself has no name, and is its own folder.
 */
export interface StoredPlace {
  readonly kind: "place";
  readonly folder: FileHandle;
  readonly name: Buffer;
  readonly type: EntryType;
  readonly target: Buffer | null;
}

/**
 * Goes to a path below a tree, which begins without a slash.
 *
 * Each folder is opened from within the one before it, so that what is looked at is what is opened, even in a tree of
 * another tool that changes meanwhile. The last step is left to the caller, who must not follow a link either.
 */
export async function openPlace(tree: string, path: Buffer): Promise<StoredPlace | NoFile> {
  let folder = await open(tree, FOLDER);
  try {
    const names = partsOf(path);
    for (const [at, name] of names.entries()) {
      const here = wayTo(folder, name);
      const found = await look(here);
      if (found === null) return await closing(folder, { kind: "missing" });
      if (at === names.length - 1) return { kind: "place", folder, name, ...found };
      if (found.type !== "d")
        return await closing(folder, { kind: "other", ...found, path: joined(names.slice(0, at + 1)) });
      const next = await open(here, FOLDER);
      await folder.close();
      folder = next;
    }
    return { kind: "place", folder, name: Buffer.alloc(0), type: "d", target: null };
  } catch (error) {
    await folder.close();
    throw error;
  }
}

/** Opens a folder below a tree; the tree itself when the path is empty. Null: something else lies there, or nothing. */
export async function openStoredFolder(tree: string, path: Buffer): Promise<FileHandle | null> {
  const place = await openPlace(tree, path);
  if (place.kind !== "place") return null;
  if (place.name.length === 0) return place.folder;
  try {
    return place.type === "d" ? await open(wayTo(place.folder, place.name), FOLDER) : null;
  } finally {
    await place.folder.close();
  }
}

/** What lies in an open folder, as the disk has it: the name, and whether that is a folder. */
export async function* namesIn(
  folder: FileHandle,
): AsyncGenerator<{ readonly name: Buffer; readonly isFolder: boolean }, void, void> {
  const options = { encoding: "buffer", bufferSize: NAMES_AT_ONCE } as const;
  // The types know of one spelling only; the names come as bytes.
  for await (const entry of await opendir(wayTo(folder, Buffer.from(".")), options as object))
    yield { name: entry.name as unknown as Buffer, isFolder: entry.isDirectory() };
}

/** The path by which an entry of an open folder is reached, whatever became of the folder's own name. */
export const wayTo = (folder: FileHandle, name: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`/proc/self/fd/${folder.fd}/`), name]);

async function closing(folder: FileHandle, answer: NoFile): Promise<NoFile> {
  await folder.close();
  return answer;
}

/** Calls `use` with a way to a regular file below a tree, which holds as long as that takes. */
export async function atStoredFile<T>(
  tree: string,
  path: Buffer,
  use: (here: Buffer) => Promise<T>,
): Promise<T | NoFile> {
  const place = await openPlace(tree, path);
  if (place.kind !== "place") return place;
  const { folder, name, type, target } = place;
  try {
    return type === "f" ? await use(wayTo(folder, name)) : { kind: "other", type, target, path };
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

/** Opens a regular file at the end of a way. Whoever gets it closes it. */
export async function openRegular(path: Buffer): Promise<{ handle: FileHandle; size: number }> {
  const handle: FileHandle = await open(path, FILE);
  try {
    const stat = await handle.stat();
    // Something else has taken its place since it was looked at.
    if (!stat.isFile()) throw new Error("it is no file any more");
    return { handle, size: stat.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openFile(path: Buffer): Promise<OpenFile> {
  const { handle, size } = await openRegular(path);
  const highWaterMark = Math.min(Math.max(size, 1), READ_BYTES);
  return { kind: "file", size, content: handle.createReadStream({ highWaterMark }) };
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
