// Names over the whole history of a host.
import { charactersOf } from "../domain/name-characters.ts";
import { folded, isMatch, type NamePattern } from "../domain/name-pattern.ts";
import type { Catalog } from "./catalog.ts";
import { foldersInOrder } from "./folders-in-order.ts";
import { nameFilter } from "./name-filter.ts";
import { placesOf, type SeenVersion, versionsAt } from "./path-history.ts";
import { type ByteText, bytesOfText, byteText } from "./path-names.ts";

/** A path that some snapshot still has, with a slash before it, and what lay there, newest first. */
export interface FoundPath {
  readonly path: Buffer;
  readonly versions: readonly [SeenVersion, ...SeenVersion[]];
}

/**
 * Paths that match, folder by folder: folders by the bytes of their paths, names in them by theirs.
 *
 * In that order nothing but the folders that have a hit need be sorted, so a page costs one scan over the names by SQL and
 * what it shows, however many hits there are.
 */
export function findPaths(
  catalog: Catalog,
  pattern: NamePattern,
  limit: number,
  after: Buffer | null = null,
): FoundPath[] {
  const { where, values } = nameFilter(pattern);
  const places = placesOf(catalog);
  const start = after === null ? null : split(after);
  const names = catalog.prepare(
    `SELECT id, name FROM paths WHERE parent = ? AND name > ? AND ${where} ORDER BY name`,
  );
  const found: FoundPath[] = [];
  const how = { from: start?.folder ?? "/", passesAll: pattern.isOfPath };
  for (const { id, path } of foldersInOrder(catalog, foldersWith(catalog, pattern), how)) {
    const matches = matcherIn(pattern, path);
    if (matches === null) continue;
    const isFirst = path === start?.folder;
    const rows = names.iterate(id, isFirst ? start.name : Buffer.alloc(0), ...values);
    for (const row of rows as Iterable<{ id: number; name: Uint8Array }>) {
      if (found.length >= limit) return found;
      if (!matches(row.name)) continue;
      const [newest, ...older] = versionsAt(catalog, row.id, places);
      if (newest === undefined) continue;
      found.push({ path: bytesOfText(path + byteText(row.name)), versions: [newest, ...older] });
    }
  }
  return found;
}

/**
 * Folders in which a name may match.
 *
 * From a folder's first match SQL goes on to the next folder, so names that all match cost a look into each folder, and names of
 * which none does a look at each of them.
 */
function foldersWith(catalog: Catalog, pattern: NamePattern): number[] {
  const { where, values } = nameFilter(pattern);
  const next = (from: string): string =>
    `(SELECT parent FROM paths WHERE parent ${from} AND ${where} ORDER BY parent LIMIT 1)`;
  const rows = catalog.prepare(
    `WITH RECURSIVE found (id) AS (
       SELECT ${next(">= 0")} UNION ALL SELECT ${next("> found.id")} FROM found WHERE found.id IS NOT NULL
     )
     SELECT id FROM found WHERE id IS NOT NULL`,
  );
  rows.setReturnArrays(true);
  return (rows.all(...values, ...values) as unknown as [number][]).map(([id]) => id);
}

/** Null: no name in the folder can match. */
function matcherIn(pattern: NamePattern, folder: ByteText): ((name: Uint8Array) => boolean) | null {
  const { isOfPath, glob, part } = pattern;
  if (!isOfPath) return (name) => isMatch(pattern, charactersOf(name));
  const above = charactersOf(bytesOfText(folder));
  if (glob !== null) return (name) => isMatch(pattern, above + charactersOf(name));
  if (isMatch(pattern, above)) return () => true;
  // A part that does not lie in the folders above has its last slash right before the name.
  const head = part.slice(0, part.lastIndexOf("/") + 1);
  const start = part.slice(head.length);
  return folded(above).endsWith(head) ? (name) => folded(charactersOf(name)).startsWith(start) : null;
}

function split(path: Buffer): { folder: ByteText; name: Buffer } {
  const at = path.lastIndexOf("/") + 1;
  return { folder: byteText(path.subarray(0, at)), name: path.subarray(at) };
}
