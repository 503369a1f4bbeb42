// How the tree of an attempt begins: empty, to be filled with links to the base, or as a copy of the base, which btrfs makes at once.
import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { removeTree } from "./remove-tree.ts";
import { asCopy, type Workplace } from "./snapshot-tree.ts";
import { copySharing, copySubvolume, isSubvolume, makeSubvolume, whyNoSubvolumes } from "./subvolume.ts";

/**
 * `links`: an empty folder; what did not change is linked, if there is a base. `subvolume`: an empty subvolume, for there is no
 * base. The others begin with all that the base has: `snapshot`, the base is a subvolume as well; `into subvolume` and `into
 * folder`, it is not the same as the new one, so each file is made anew, and shares its content.
 */
export type Beginning = "links" | "subvolume" | "snapshot" | "into subvolume" | "into folder";

/** Which it is, for a tree that is to be a subvolume or not. No link leads from one subvolume into another. */
export async function beginningFor(base: string | null, asSubvolume: boolean): Promise<Beginning> {
  if (base === null) return asSubvolume ? "subvolume" : "links";
  if (await isSubvolume(base)) return asSubvolume ? "snapshot" : "into folder";
  return asSubvolume ? "into subvolume" : "links";
}

/** Tries it in a folder of the backup disk; see `whyNoSubvolumes`. Nothing is left there. */
export async function whyNoSubvolumesIn(folder: string): Promise<string | null> {
  const place = join(folder, `.pobsync-try-${process.pid}`);
  try {
    return await whyNoSubvolumes(place, folder);
  } finally {
    await removeTree(place);
  }
}

/** Makes `data` what it begins as. Returns the workplace as it is from here on. */
export async function beginTree(
  workplace: Workplace,
  beginning: Beginning,
  base: string | null,
  stop: AbortSignal,
): Promise<Workplace> {
  if (beginning === "links") return workplace;
  if (beginning !== "into folder") await rmdir(workplace.data);
  if (beginning === "snapshot") await copySubvolume(given(base), workplace.data);
  else if (beginning !== "into folder") await makeSubvolume(workplace.data);
  if (beginning === "subvolume") {
    // In a sandbox it is received there, and takes its place as a whole.
    await makeSubvolume(workplace.tree);
    return workplace;
  }
  if (beginning !== "snapshot") await copySharing(given(base), workplace.data, stop);
  await rmdir(workplace.received);
  const begun = asCopy(workplace);
  await mkdir(begun.received, { mode: 0o700 });
  return begun;
}

function given(base: string | null): string {
  if (base === null) throw new Problem("internal_error", "A tree cannot begin as a copy of nothing.");
  return base;
}
