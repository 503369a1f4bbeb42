// Looking into a tree that another machine filled, without following anything it planted there.
import { constants } from "node:fs";
import { lstat, mkdir, open, opendir } from "node:fs/promises";
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

/** What tells a folder apart from one that takes its name later; null when there is none, or a link to one. */
export async function folderIdentity(path: string): Promise<string | null> {
  const facts = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return facts?.isDirectory() === true ? `${facts.dev}:${facts.ino}` : null;
}

/** What lies at a place of a tree: nothing, an empty folder, or something. */
export type Fill = "missing" | "empty" | "full";

/**
 * Looks at a source inside a tree. A plain file counts as full.
 *
 * `source` is an absolute path of the host as text. Every component is opened by itself and links are refused, because
 * a hostile host may have put one where a folder was.
 */
export async function fillOf(tree: string, source: string): Promise<Fill> {
  let path = Buffer.from(tree);
  for (const name of source.split("/").filter((part) => part !== "")) {
    if (!(await folderExists(path))) return "missing";
    path = Buffer.concat([path, Buffer.from("/"), Buffer.from(pathBytes(name) ?? new Uint8Array())]);
  }
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isDirectory()) return "full";
      const folder = await opendir(`/proc/self/fd/${handle.fd}/.`);
      const entry = await folder.read();
      await folder.close();
      return entry === null ? "empty" : "full";
    } finally {
      await handle.close();
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "missing" : "full";
  }
}

/** Makes a folder that only this user may read, and returns its path. */
export async function emptyFolder(path: string): Promise<string> {
  await mkdir(path, { mode: 0o700 });
  return path;
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
