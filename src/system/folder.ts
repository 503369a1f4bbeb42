// Looking into a tree that another machine filled, without following anything it planted there.
import { constants } from "node:fs";
import { mkdir, open, opendir } from "node:fs/promises";
import { dirname } from "node:path";
import { pathBytes } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";

/** Whether it is a folder itself, not a link to one. */
export const folderExists = (path: string | Buffer): Promise<boolean> =>
  open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW).then(
    async (folder) => {
      await folder.close();
      return true;
    },
    () => false,
  );

/**
 * The first entry of a folder below a tree, or null when it is empty or not there. A plain file counts as its own entry.
 *
 * `source` is an absolute path of the host as text. Every component is opened by itself and links are refused, because
 * a hostile host may have put one where a folder was.
 */
export async function readFirstEntry(tree: string, source: string): Promise<string | null> {
  let path = Buffer.from(tree);
  for (const name of source.split("/").filter((part) => part !== "")) {
    if (!(await folderExists(path))) return null;
    path = Buffer.concat([path, Buffer.from("/"), Buffer.from(pathBytes(name) ?? new Uint8Array())]);
  }
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isDirectory()) return source;
      const folder = await opendir(`/proc/self/fd/${handle.fd}/.`);
      const entry = await folder.read();
      await folder.close();
      return entry?.name ?? null;
    } finally {
      await handle.close();
    }
  } catch {
    return null;
  }
}

/** Makes the folder of a file that only this user may read. */
export async function makePrivateParent(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Problem("bad_environment", `The folder ${folder} cannot be made: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
