// Names over the whole history of a host.
import { charactersOf } from "../domain/name-characters.ts";
import { folded, isMatch, type NamePattern } from "../domain/name-pattern.ts";
import type { Catalog } from "./catalog.ts";
import { nameFilter } from "./name-filter.ts";
import { placesOf, type SeenVersion, versionsAt } from "./path-history.ts";
import { type ByteText, bytesOfText, byteText, pathNames } from "./path-names.ts";

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
  for (const { id, path, matches } of foldersWith(catalog, pattern)) {
    if (start !== null && path < start.folder) continue;
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

interface Folder {
  readonly id: number;
  readonly path: ByteText;
  readonly matches: (name: Uint8Array) => boolean;
}

/** Folders in which a name may match, in order. */
function foldersWith(catalog: Catalog, pattern: NamePattern): Folder[] {
  const { where, values } = nameFilter(pattern);
  const rows = catalog.prepare(`SELECT DISTINCT parent AS id FROM paths WHERE ${where}`).all(...values);
  const { folder } = pathNames(catalog);
  const found: Folder[] = [];
  for (const { id } of rows as unknown as { id: number }[]) {
    const path = folder(id);
    const matches = matcherIn(pattern, path);
    if (matches !== null) found.push({ id, path, matches });
  }
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Null: no name in the folder can match. */
function matcherIn(pattern: NamePattern, folder: ByteText): Folder["matches"] | null {
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
