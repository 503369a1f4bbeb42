// Cutting a tree into parts that several programs can work on at the same time.
import { opendir } from "node:fs/promises";

/** A tree of fewer entries is not worth a second program. */
const SMALL_TREE_ENTRIES = 500;
/** So many are enough for every program to get its share, whatever their sizes are. */
const PARTS_ENOUGH = 64;
/** What looking for parts may cost at most. A folder may have a million entries: what it has beyond is in no part. */
const FOLDERS_READ_MAX = 300;
const ENTRIES_READ_MAX = 5000;
const ENTRIES_OF_A_FOLDER_MAX = 1000;
/** Bytes of a path that the kernel takes, with the NUL at its end. */
const PATH_MAX = 4096;
const SLASH = Buffer.from("/");

/**
 * Folders of a tree that don't lie in each other, as bytes; whatever lies beside and above them is in none of them.
 *
 * Folders are opened level by level until there are enough parts, so a long chain of folders with everything at its end
 * is cut there. None: the tree is small, or has no folders to cut it at.
 */
export async function partsOf(tree: string): Promise<Buffer[]> {
  const parts = [Buffer.from(tree)];
  let entries = 0;
  for (let read = 0; read < FOLDERS_READ_MAX && entries < ENTRIES_READ_MAX; read++) {
    if (entries >= SMALL_TREE_ENTRIES && parts.length >= PARTS_ENOUGH) break;
    const folder = parts.shift();
    if (folder === undefined) break;
    entries += await eachEntry(folder, (name, isDirectory) => {
      if (isDirectory && folder.length + 1 + name.length < PATH_MAX)
        parts.push(Buffer.concat([folder, SLASH, name]));
    });
  }
  return parts;
}

/**
 * Calls `take` for the first entries of a folder and returns how many they were. One that is closed to us, gone or
 * unreadable has none: it is no part, or one as a whole, and who removes it says what is wrong.
 */
async function eachEntry(
  folder: Buffer,
  take: (name: Buffer, isDirectory: boolean) => void,
): Promise<number> {
  let entries = 0;
  try {
    const options = { encoding: "buffer", bufferSize: ENTRIES_OF_A_FOLDER_MAX } as const;
    // The types know of one spelling only; the names come as bytes.
    for await (const entry of await opendir(folder, options as object)) {
      take(entry.name as unknown as Buffer, entry.isDirectory());
      if (++entries >= ENTRIES_OF_A_FOLDER_MAX) break;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
  return entries;
}
