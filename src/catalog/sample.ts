// Picking entries of a snapshot: at random by a seed, and what lies at or below a path.
import { setImmediate as pause } from "node:timers/promises";
import type { Expected } from "../domain/drill.ts";
import { type Catalog, hourOf, ROOT_PATH } from "./catalog.ts";
import { asVersion, pathId, type Row, VERSION_COLUMNS, type Version } from "./look-ups.ts";
import { pathFinder } from "./verification.ts";

export interface SampleOrder {
  readonly seed: string;
  readonly files: number;
  /** What they may come to; one that does not fit any more is passed over. */
  readonly bytes: number;
}

export interface Sample {
  readonly entries: readonly Expected[];
  readonly passedOver: number;
}

/** Rows that are looked at before anybody else in this process gets a turn. */
const IN_A_ROW = 5000;
/** So many times more are kept than are wanted, in case some are too large. */
const SPARE = 4;

interface Pick {
  readonly rank: number;
  readonly id: number;
  readonly version: Version;
}

/**
 * Picks files and links of a snapshot. Each has the same chance, whatever its size, and the same seed picks the same ones,
 * also from a catalog that was made anew: only names and what lies there decide.
 */
export async function sampleOf(
  catalog: Catalog,
  seq: number,
  { seed, files, bytes }: SampleOrder,
  stop: AbortSignal,
): Promise<Sample> {
  if (files === 0) return { entries: [], passedOver: 0 };
  const keep = files * SPARE;
  const start = rankOf(Buffer.from(seed), 0);
  let picked: Pick[] = [];
  let limit = Number.POSITIVE_INFINITY;
  const shrink = (): void => {
    picked = picked.sort(byRank).slice(0, keep);
    limit = picked.length < keep ? Number.POSITIVE_INFINITY : (picked.at(-1)?.rank ?? 0);
  };
  let seen = 0;
  const rows = catalog
    .prepare(
      `SELECT v.path AS id, p.name, ${VERSION_COLUMNS} FROM versions v JOIN paths p ON p.id = v.path
       WHERE v.first <= ? AND v.last >= ? AND v.type IN ('f', 'l')`,
    )
    .iterate(seq, seq) as unknown as Iterable<Row>;
  for (const row of rows) {
    seen += 1;
    if (seen % IN_A_ROW === 0) {
      await pause();
      stop.throwIfAborted();
    }
    const rank = rankOf(row.name, start, row.inode ?? 0, row.size, row.mtime_s);
    if (rank >= limit) continue;
    picked.push({ rank, id: row.id, version: asVersion(row) });
    if (picked.length >= 2 * keep) shrink();
  }
  shrink();
  return fitting(catalog, picked, files, bytes);
}

const byRank = (one: Pick, other: Pick): number => one.rank - other.rank || one.id - other.id;

function fitting(catalog: Catalog, picked: readonly Pick[], files: number, bytes: number): Sample {
  const pathOf = pathFinder(catalog);
  const entries: Expected[] = [];
  let [left, passedOver] = [bytes, 0];
  for (const { id, version } of picked) {
    if (entries.length === files) break;
    if (version.size > left) {
      passedOver += 1;
      continue;
    }
    left -= version.size;
    entries.push(expected(pathOf(id), version));
  }
  return { entries, passedOver };
}

const expected = (path: Buffer, { checksum, ...facts }: Version): Expected => ({
  ...facts,
  ...{ path, checksum: checksum?.value ?? null },
});

/** 32 bits of name and numbers after a start (FNV-1a with a last stir, so that near names come far apart). */
function rankOf(name: Uint8Array, start: number, ...numbers: readonly number[]): number {
  let hash = 0x811c9dc5 ^ start;
  for (const byte of name) hash = Math.imul(hash ^ byte, 0x01000193);
  for (const number of numbers) {
    hash = Math.imul(hash ^ (number >>> 0), 0x85ebca6b);
    hash = Math.imul(hash ^ Math.floor(number / 2 ** 32), 0xc2b2ae35);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * What a snapshot has at a path, with everything below it; nothing when it has nothing there.
 *
 * @param path relative to the tree; empty is the tree itself, which is no entry
 */
export function entriesAt(catalog: Catalog, path: Buffer, seq: number): Expected[] {
  const found: Expected[] = [];
  const hour = hourOf(seq);
  const below = catalog.prepare(
    `SELECT p.id, p.name, ${VERSION_COLUMNS} FROM paths p JOIN versions v ON v.path = p.id
     WHERE p.parent = ? AND p.born <= ? AND p.gone >= ? AND v.first <= ? AND v.last >= ? ORDER BY p.name`,
  );
  const own = catalog.prepare(
    `SELECT v.path AS id, ${VERSION_COLUMNS} FROM versions v WHERE path = ? AND first <= ? AND last >= ?`,
  );
  const take = (row: Row, at: Buffer): void => {
    found.push(expected(at, asVersion(row)));
    if (row.type === "d") goInto(row.id, at);
  };
  const goInto = (id: number, folder: Buffer): void => {
    for (const row of below.all(id, hour, hour, seq, seq) as unknown as Row[])
      take(row, folder.length === 0 ? Buffer.from(row.name) : Buffer.concat([folder, SLASH, row.name]));
  };
  const id = pathId(catalog, path);
  if (id === null) return [];
  if (id === ROOT_PATH) goInto(id, path);
  else {
    const row = own.get(id, seq, seq) as unknown as Row | undefined;
    if (row !== undefined) take(row, path);
  }
  return found;
}

const SLASH = Buffer.from("/");
