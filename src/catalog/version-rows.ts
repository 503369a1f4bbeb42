// Rows of the table of versions: how they are written, and when two of them are the same thing.
import type { StatementSync } from "node:sqlite";
import type { EntryFacts, EntryType } from "../domain/entry.ts";

export interface VersionRow {
  first: number;
  last: number;
  type: EntryType;
  size: number;
  mtime_s: number;
  mtime_ns: number;
  mode: number;
  uid: number;
  gid: number;
  target: Uint8Array | null;
  checksum: Uint8Array | null;
  inode: number | null;
  blocks: number;
  verified: number | null;
  damage: Uint8Array | null;
  own: number;
}

/** Takes what `entryColumns` gives, and then the columns from `target` on. */
export const INSERT_VERSION = `INSERT OR REPLACE INTO versions
  (path, first, last, type, size, mtime_s, mtime_ns, mode, uid, gid, target, checksum, inode, blocks,
   verified, damage, own)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The first columns of a row: where and when, and what the entry is. */
export const entryColumns = (id: number, first: number, last: number, facts: EntryFacts) =>
  [
    ...([id, first, last, facts.type, facts.size, facts.mtimeSeconds, facts.mtimeNanoseconds] as const),
    ...([facts.mode, facts.uid, facts.gid] as const),
  ] as const;

/** The same version with other ends. */
export function writeRow(
  insert: StatementSync,
  id: number,
  first: number,
  last: number,
  row: VersionRow,
): void {
  const { type, size, mtime_s, mtime_ns, mode, uid, gid, target, checksum, inode, blocks } = row;
  insert.run(
    ...([id, first, last, type, size, mtime_s, mtime_ns, mode, uid, gid] as const),
    ...([target, checksum, inode, blocks, row.verified, row.damage, row.own] as const),
  );
}

/** Nothing about it has changed, and it is the same stored file. */
export const isSame = (row: VersionRow, facts: EntryFacts): boolean =>
  hasSameContent(row, facts) &&
  row.inode === facts.inode &&
  row.mode === facts.mode &&
  row.uid === facts.uid &&
  row.gid === facts.gid;

/**
 * No change to a person: another stored file of the same content, or a folder of which only the time is other, as it is with
 * whatever comes and goes in it.
 */
export const looksSame = (row: VersionRow, facts: EntryFacts): boolean =>
  (hasSameContent(row, facts) || (row.type === "d" && facts.type === "d")) &&
  row.mode === facts.mode &&
  row.uid === facts.uid &&
  row.gid === facts.gid;

/** As far as it can be told without reading: its type, size, time and target are the same. */
export const hasSameContent = (row: VersionRow, facts: EntryFacts): boolean =>
  row.type === facts.type &&
  row.size === facts.size &&
  row.mtime_s === facts.mtimeSeconds &&
  row.mtime_ns === facts.mtimeNanoseconds &&
  Buffer.compare(row.target ?? Buffer.alloc(0), facts.target ?? Buffer.alloc(0)) === 0;
