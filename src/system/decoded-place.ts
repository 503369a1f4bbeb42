// Opening what lies at a path of a tree that may keep in attributes what its entries are.
import { decodeEntries } from "./decoded-tree.ts";
import type { KeptTree } from "./look-at-decoded.ts";
import { type NoFile, openPlace, openStored, type StoredPlace, type StoredThing } from "./stored-file.ts";

/** As `openStored`: only what the host had as a regular file is one. */
export async function openStoredIn({ tree, fakeSuper }: KeptTree, path: Buffer): Promise<StoredThing> {
  const found = await openStored(tree, path);
  const real = fakeSuper ? await realThing(tree, path, found) : null;
  if (real === null) return found;
  if (found.kind === "file") found.content.destroy();
  return real;
}

/** As `openPlace`, with what the host had there. */
export async function openPlaceIn(
  { tree, fakeSuper }: KeptTree,
  path: Buffer,
): Promise<StoredPlace | NoFile> {
  const found = await openPlace(tree, path);
  const real = fakeSuper ? await realThing(tree, path, found) : null;
  if (real === null) return found;
  return found.kind === "place" ? { ...found, type: real.type, target: real.target } : real;
}

type Other = Extract<NoFile, { kind: "other" }>;

/** What a regular file of the tree stands for; null when it is what it seems, or something else lies there. */
async function realThing(
  tree: string,
  path: Buffer,
  found: StoredThing | StoredPlace,
): Promise<Other | null> {
  if (found.kind === "missing" || (found.kind !== "file" && found.type !== "f")) return null;
  // On the way to a path, it is where the folders end.
  const at = found.kind === "other" ? found.path : path;
  const decoded = (await decodeEntries(tree, [at])).get(at.toString("latin1"));
  if (decoded === undefined || decoded.type === "f") return null;
  return { kind: "other", type: decoded.type, path: at, target: decoded.target };
}
