// The tree that a restore reads: what lies at a path of it, reached without following a link that the host had.
import type { Stats } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { behindLink } from "../domain/host-path.ts";
import { pathBytes, pathText } from "../domain/path-text.ts";
import { badInput, Problem } from "../domain/problem.ts";
import { itemBytes } from "../domain/restore-tally.ts";

const SLASH = Buffer.from("/");
const below = (dir: Buffer, name: Uint8Array): Buffer => Buffer.concat([dir, SLASH, name]);
const factsAt = (path: Buffer): Promise<Stats | null> =>
  lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
    throw error;
  });

/** Whether something lies at an absolute path (text) of a tree. Refuses to go through any link but `ourLink`. */
export async function isInTree(data: string, path: string, ourLink: string | null): Promise<boolean> {
  let place: Buffer = Buffer.from(data);
  let soFar = "";
  const names = path.split("/").filter((name) => name !== "");
  for (const [index, name] of names.entries()) {
    place = below(place, pathBytes(name) ?? Buffer.from(name));
    soFar += `/${name}`;
    const facts = await factsAt(place);
    if (facts === null) return false;
    const isLast = index === names.length - 1;
    // Behind a link that the host had, there would be files of this server.
    if (!isLast && facts.isSymbolicLink() && soFar !== ourLink) throw await throughLink(path, soFar, place);
  }
  return true;
}

async function throughLink(path: string, at: string, place: Buffer): Promise<Problem> {
  const target = pathText(await readlink(place, { encoding: "buffer" }));
  const { message } = badInput(
    "The path",
    path,
    `leads through ${at}, which is a symbolic link to ${target}.`,
  );
  return new Problem("bad_input", message, {
    hint: `Links are not followed. Name it by where that leads: ${behindLink(at, target, path)}`,
  });
}

/** The entries at the top of a tree, as absolute text. */
export async function topOf(data: string): Promise<string[]> {
  const names = await readdir(`${data}/`, { encoding: "buffer" });
  return names.map((name) => `/${pathText(name)}`).sort();
}

/** How much less room files take than they are long, in bytes: holes. `names` are rsync's, below the folder `at`. */
export async function holesOf(
  at: string,
  anchor: string,
  large: readonly { readonly name: string; readonly bytes: number }[],
): Promise<number> {
  const folder = Buffer.concat([Buffer.from(at), anchor === "/" ? Buffer.alloc(0) : bytesOf(anchor)]);
  let holes = 0;
  for (const { name, bytes } of large) {
    const facts = await factsAt(below(folder, itemBytes(name)));
    if (facts !== null) holes += Math.max(0, bytes - facts.blocks * 512);
  }
  return holes;
}

const bytesOf = (path: string): Buffer => Buffer.from(pathBytes(path) ?? new Uint8Array());
