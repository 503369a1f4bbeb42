// Looking into the catalog: a folder, one path's versions, names over the whole history, two snapshots side by side.
import type { Checksum, EntryFacts, EntryType } from "../domain/entry.ts";
import { charactersOf } from "../domain/name-characters.ts";
import { isMatch, type NamePattern } from "../domain/name-pattern.ts";
import { type Catalog, hourOf, ROOT_PATH } from "./catalog.ts";
import { nameFilter } from "./name-filter.ts";
import type { VersionRow } from "./version-rows.ts";

/** A version of what lies at a path, in the snapshots from `first` to `last`. */
export interface Version extends EntryFacts {
  readonly checksum: Checksum | null;
  readonly first: number;
  readonly last: number;
}

export interface NamedVersion {
  readonly name: Uint8Array;
  readonly version: Version;
}

/** A row of `versions`, with the columns below; `id` and `name` where a query names them. */
export type Row = Omit<VersionRow, "verified" | "damage" | "own"> & { id: number; name: Uint8Array };

export const VERSION_COLUMNS =
  "v.first, v.last, v.type, v.size, v.mtime_s, v.mtime_ns, v.mode, v.uid, v.gid, v.target, v.checksum, v.inode, v.blocks";

// One plain literal: a folder may have ten thousand of these, and spreading parts of them together takes several times as long.
export const asVersion = (row: Omit<Row, "id" | "name">): Version => ({
  type: row.type,
  size: row.size,
  mtimeSeconds: row.mtime_s,
  mtimeNanoseconds: row.mtime_ns,
  mode: row.mode,
  uid: row.uid,
  gid: row.gid,
  target: row.target,
  inode: row.inode,
  blocks: row.blocks,
  checksum: row.checksum === null ? null : { algorithm: "xxh128", value: row.checksum },
  first: row.first,
  last: row.last,
});

/** The row of a path, whatever was there when; null when nothing ever was. */
export function pathId(catalog: Catalog, path: Buffer): number | null {
  let id = ROOT_PATH;
  const find = catalog.prepare("SELECT id FROM paths WHERE parent = ? AND name = ?");
  for (const part of partsOf(path)) {
    const found = find.get(id, part) as { id: number } | undefined;
    if (found === undefined) return null;
    id = found.id;
  }
  return id;
}

function partsOf(path: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let from = 0; from < path.length; ) {
    const at = path.indexOf(0x2f, from);
    const end = at < 0 ? path.length : at;
    if (end > from) parts.push(path.subarray(from, end));
    from = end + 1;
  }
  return parts;
}

/** What lay at a path in a snapshot; null when nothing did. The root itself is no entry. */
export function entryAt(catalog: Catalog, path: Buffer, seq: number): Version | null {
  const id = pathId(catalog, path);
  if (id === null) return null;
  const row = catalog
    .prepare(`SELECT ${VERSION_COLUMNS} FROM versions v WHERE path = ? AND first <= ? AND last >= ?`)
    .get(id, seq, seq) as unknown as Row | undefined;
  return row === undefined ? null : asVersion(row);
}

/** What is asked for at once where names are looked through. */
const LOOKED_THROUGH_AT_ONCE = 1000;

/**
 * The entries of a folder in a snapshot, by the bytes of their names, from behind `after` on; of the pattern's names, if any.
 *
 * @param limit -1 means all, as it does to SQL
 */
export function entriesIn(
  catalog: Catalog,
  folder: Buffer,
  seq: number,
  limit: number,
  after: Buffer = Buffer.alloc(0),
  pattern: NamePattern | null = null,
): NamedVersion[] {
  const id = pathId(catalog, folder);
  if (id === null || limit === 0) return [];
  const { where, values } = pattern === null ? { where: "1", values: [] } : nameFilter(pattern);
  const statement = catalog.prepare(
    `SELECT p.name, ${VERSION_COLUMNS} FROM paths p JOIN versions v ON v.path = p.id
     WHERE p.parent = ? AND p.name > ? AND p.born <= ? AND p.gone >= ? AND v.first <= ? AND v.last >= ? AND ${where} ORDER BY p.name LIMIT ?`,
  );
  // Ten thousand entries take a third of the time as arrays, and all at once, of what they take as objects one by one.
  statement.setReturnArrays(true);
  const atOnce = pattern === null ? limit : LOOKED_THROUGH_AT_ONCE;
  const hour = hourOf(seq);
  const found: NamedVersion[] = [];
  for (let behind: Uint8Array = after; ; ) {
    const rows = statement.all(
      id,
      behind,
      hour,
      hour,
      seq,
      seq,
      ...values,
      atOnce,
    ) as unknown as EntryTuple[];
    for (const row of rows) {
      const [name] = row;
      behind = name;
      if (pattern !== null && !isMatch(pattern, charactersOf(name))) continue;
      found.push({ name, version: asVersion(rowOf(row)) });
      if (found.length === limit) return found;
    }
    if (rows.length !== atOnce) return found;
  }
}

type EntryTuple = readonly [
  ...(readonly [name: Uint8Array, first: number, last: number, type: EntryType, size: number]),
  ...(readonly [mtime_s: number, mtime_ns: number, mode: number, uid: number, gid: number]),
  ...(readonly [
    target: Uint8Array | null,
    checksum: Uint8Array | null,
    inode: number | null,
    blocks: number,
  ]),
];

const rowOf = (columns: EntryTuple): Omit<Row, "id" | "name"> => {
  const [, first, last, type, size, mtime_s, mtime_ns, mode, uid, gid, target, checksum, inode, blocks] =
    columns;
  return { first, last, type, size, mtime_s, mtime_ns, mode, uid, gid, target, checksum, inode, blocks };
};
