// What goes into a zip archive, in its order.
import { lstat } from "node:fs/promises";
import { Problem } from "../domain/problem.ts";
import { type Decoded, decodeBelow } from "./decoded-tree.ts";
import { openPlace, wayTo } from "./stored-file.ts";
import { type StoredEntry, walkStored } from "./walk-stored.ts";

export interface ZipOrder {
  readonly tree: string;
  /** What is archived, below the tree; empty: the tree itself. */
  readonly path: Buffer;
  /** What the archive calls it; empty: what lies in it has no folder around it. */
  readonly as: Uint8Array;
  /** The tree keeps owners, modes and kinds in attributes. */
  readonly fakeSuper: boolean;
}

const SLASH = Buffer.from("/");

/** What lies at a path of it. */
export type Found = Omit<StoredEntry, "path"> & {
  /** What attributes say of it; null where nothing is kept in such. */
  readonly decoded: Decoded | null;
};

/** Each entry with its path in the archive: what is archived itself, where the archive calls it something, and what lies below. */
export async function* entriesOf(
  { tree, path, as, fakeSuper }: ZipOrder,
  stop: AbortSignal,
): AsyncGenerator<[Buffer, Found], void, void> {
  const known = fakeSuper ? await decodeBelow(tree, path, stop) : null;
  const decodedAt = (below: Buffer): Decoded | null =>
    known?.get(joined(path, below).toString("latin1")) ?? null;
  const start = await openPlace(tree, path);
  if (start.kind !== "place") throw new Problem("content_unreadable", "It went away before it was read.");
  try {
    const here = wayTo(start.folder, start.name);
    const facts = await lstat(here);
    const decoded = decodedAt(Buffer.alloc(0));
    if (as.length > 0) yield [Buffer.from(as), { here, facts, target: start.target, decoded }];
  } finally {
    await start.folder.close();
  }
  if (start.type !== "d") return;
  for await (const entry of walkStored(tree, path))
    yield [joined(as, entry.path), { ...entry, decoded: decodedAt(entry.path) }];
}

const joined = (above: Uint8Array, below: Buffer): Buffer =>
  above.length === 0 ? below : below.length === 0 ? Buffer.from(above) : Buffer.concat([above, SLASH, below]);
