// Other ways to a stored file: all the names of its inode, and other stored files that have the same content.
import { type Catalog, indexedSnapshots } from "./catalog.ts";
import {
  factsOfRow,
  pathFinder,
  STORED_COLUMNS,
  type StoredFacts,
  type StoredRow,
  type VersionKey,
} from "./verification.ts";

/** One name of a stored file, which one snapshot or several show. */
export interface StoredName {
  readonly row: VersionKey;
  /** Below `data`. */
  readonly path: Buffer;
  /** The snapshots that show it, newest first. */
  readonly places: readonly number[];
  readonly facts: StoredFacts;
  readonly checksum: Buffer | null;
}

/** By its inode, every name that each of these stored files has in any snapshot. The name seen last comes first. */
export function namesOf(catalog: Catalog, inodes: readonly number[]): Map<number, StoredName[]> {
  const newestFirst = indexedSnapshots(catalog)
    .map(({ seq }) => seq)
    .reverse();
  const pathOf = pathFinder(catalog);
  const names = new Map<number, StoredName[]>();
  // There is no index of inodes: one look over everything for all of them.
  const rows = catalog
    .prepare(
      `SELECT ${STORED_COLUMNS} FROM versions
       WHERE type = 'f' AND inode IN (SELECT value FROM json_each(?)) ORDER BY last DESC, path`,
    )
    .iterate(JSON.stringify(inodes)) as unknown as Iterable<StoredRow>;
  for (const row of rows) {
    const places = newestFirst.filter((seq) => row.first <= seq && seq <= row.last);
    // No snapshot shows it any more: the number may be another file's by now.
    if (row.inode === null || places.length === 0) continue;
    const name = {
      ...{ row: { path: row.path, first: row.first }, path: pathOf(row.path), places },
      ...{ facts: factsOfRow(row), checksum: row.checksum === null ? null : Buffer.from(row.checksum) },
    };
    const known = names.get(row.inode);
    if (known === undefined) names.set(row.inode, [name]);
    else known.push(name);
  }
  return names;
}

/** A stored file that should have a certain content, and was not found damaged. Only reading it tells whether it has. */
export interface Copy {
  readonly inode: number | null;
  readonly path: Buffer;
  readonly seq: number;
}

/** By its checksum (hexadecimal), some stored files with each of these contents, at most `most` of each, newest first. */
export function copiesOf(
  catalog: Catalog,
  checksums: readonly Buffer[],
  most: number,
): Map<string, readonly Copy[]> {
  const places = indexedSnapshots(catalog).map(({ seq }) => seq);
  const pathOf = pathFinder(catalog);
  const copies = new Map<string, Copy[]>(checksums.map((checksum) => [checksum.toString("hex"), []]));
  const rows = catalog
    .prepare(
      `SELECT path, first, last, inode, lower(hex(checksum)) AS content FROM versions
       WHERE type = 'f' AND damage IS NULL AND content IN (SELECT value FROM json_each(?)) ORDER BY last DESC`,
    )
    .iterate(JSON.stringify([...copies.keys()])) as unknown as Iterable<
    Pick<StoredRow, "path" | "first" | "last" | "inode"> & { content: string }
  >;
  for (const { path, first, last, inode, content } of rows) {
    const found = copies.get(content);
    if (found === undefined || found.length >= most) continue;
    if (inode !== null && found.some((copy) => copy.inode === inode)) continue;
    const seq = places.findLast((at) => first <= at && at <= last);
    if (seq !== undefined) found.push({ inode, path: pathOf(path), seq });
  }
  return copies;
}
