// A place on this server that a restore is to write to: what stands there, and where it really is.
import { lstat, mkdir, readdir, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pathBytes } from "../domain/path-text.ts";
import { badInput, Problem } from "../domain/problem.ts";
import { type Room, roomOn } from "./backup-root.ts";
import { mountsAtOrBelow } from "./mounts-below.ts";

const bytesOf = (path: string): Buffer => Buffer.from(pathBytes(path) ?? Buffer.from(path));
const GONE = ["ENOENT", "ENOTDIR"];
const ignoringGone = (error: NodeJS.ErrnoException): null => {
  if (GONE.includes(error.code ?? "")) return null;
  throw error;
};

/** What stands at each of these paths (absolute, as text), in the words of a probe. */
export async function lookAround(paths: readonly string[]): Promise<{ path: string; type: string }[]> {
  const found: { path: string; type: string }[] = [];
  for (const path of paths) {
    const own = await lstat(bytesOf(path)).catch(ignoringGone);
    const isLink = own?.isSymbolicLink() === true;
    const behind = isLink ? await stat(bytesOf(path)).catch(ignoringGone) : own;
    const type = own === null ? "missing" : behind?.isDirectory() === true ? "folder" : "file";
    found.push({ path, type: type === "folder" && isLink ? "link" : type });
  }
  return found;
}

/** Where a path really is, as Latin-1 (one character a byte): links are followed as far as there is something. */
export async function realPlace(path: string): Promise<string> {
  let rest = "";
  let place = bytesOf(path).toString("latin1");
  for (;;) {
    const real = await realpath(Buffer.from(place, "latin1"), { encoding: "buffer" }).catch(ignoringGone);
    if (real !== null) return `${real.toString("latin1").replace(/\/$/, "")}${rest}` || "/";
    rest = place.slice(place.lastIndexOf("/")) + rest;
    place = place.slice(0, place.lastIndexOf("/")) || "/";
  }
}

/** `lost+found` is the file system's own. A folder that is not there is empty. */
export async function isEmptyPlace(dir: string): Promise<boolean> {
  const names = await readdir(bytesOf(dir)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error.code === "ENOTDIR" ? badInput("The folder", dir, "is a file.") : error;
  });
  return names.every((name) => name === "lost+found");
}

/** As cp would make it. */
export async function makePlace(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new Problem("restore_target_unwritable", `The folder ${dir} cannot be made.`, {
      detail: error.message,
      cause: error,
    });
  });
}

/**
 * Whether nobody but root can make another folder of it, or lead the way to it elsewhere: no part of the way is a link or belongs to
 * others, nor may others write there, unless it is like /tmp, where everybody removes only what is their own.
 */
export async function isOutOfReach(dir: string): Promise<boolean> {
  const parts = dir.split("/").filter((part) => part !== "");
  for (let count = 0; count <= parts.length; count += 1) {
    const found = await lstat(`/${parts.slice(0, count).join("/")}`).catch(ignoringGone);
    if (found === null || !found.isDirectory() || found.uid !== 0) return false;
    const isLast = count === parts.length;
    const mayBeWritten = (found.mode & OTHERS_WRITE) !== 0;
    if (mayBeWritten && (isLast || (found.mode & STICKY) === 0)) return false;
  }
  return true;
}

const [OTHERS_WRITE, STICKY] = [0o022, 0o1000];

/** The room where a path is or would be; null when other disks are mounted below it, so that nobody can say. */
export async function roomAt(path: string): Promise<Room | null> {
  for (let place = path; ; place = dirname(place)) {
    const real = await realpath(place).catch(() => null);
    if (real === null) continue;
    const below = (await mountsAtOrBelow(real)).filter((mount) => mount.toString() !== real);
    return below.length > 0 ? null : roomOn(real);
  }
}
