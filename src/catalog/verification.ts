// Which stored files have been read again, when, and what came of it.
import { type Catalog, indexedSnapshots, inOneGo, ROOT_PATH } from "./catalog.ts";
import type { VersionRow } from "./version-rows.ts";

/** A file on disk: one inode, however many snapshots and names show it. */
export interface StoredFile {
  readonly size: number;
  /** XXH128 of what the host had; null when nobody has computed it yet. */
  readonly checksum: Buffer | null;
  /** Below `data`, of the snapshot at `seq`: where it can be read. */
  readonly path: Buffer;
  readonly seq: number;
  readonly rows: readonly VersionKey[];
  readonly facts: StoredFacts;
  /** An earlier reading found it damaged. */
  readonly wasDamaged: boolean;
}

/** What the catalog says of a stored file beside its content. */
export interface StoredFacts {
  /** Null: it is too large a number to be told from others. */
  readonly inode: number | null;
  readonly size: number;
  readonly mtimeSeconds: number;
  readonly mtimeNanoseconds: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface VersionKey {
  readonly path: number;
  readonly first: number;
}

export interface ReadingOrder {
  /** Only what this snapshot shows; null: everything. */
  readonly seq: number | null;
  /** Only what was not read since then (milliseconds); null: whenever. */
  readonly notSince: number | null;
  /** Only what an earlier reading found damaged. */
  readonly damagedOnly: boolean;
  /** What was found damaged since then (milliseconds) is read once more, because it may still be damaged; null: it is not. */
  readonly damagedSince: number | null;
  /** `disk`: as it lies there. For those who read only a part, `unread`: the longest unread first, and before it what never
   * was. `oldest`: what was read, or received, the longest time ago. */
  readonly by: "disk" | "unread" | "oldest";
}

/** A row of `versions`, with the columns below. */
export type StoredRow = Pick<
  VersionRow,
  | ("first" | "last" | "size" | "mtime_s" | "mtime_ns" | "mode" | "uid" | "gid")
  | ("checksum" | "inode" | "damage")
> & { path: number };

export const STORED_COLUMNS =
  "path, first, last, size, mtime_s, mtime_ns, mode, uid, gid, checksum, inode, damage";

export const factsOfRow = (row: StoredRow): StoredFacts => ({
  ...{ inode: row.inode, size: row.size, mtimeSeconds: row.mtime_s, mtimeNanoseconds: row.mtime_ns },
  ...{ mode: row.mode, uid: row.uid, gid: row.gid },
});

/** Damage is that of an inode: names that it got since it was found are read with the others. */
const WHERE = `type = 'f' AND (?1 IS NULL OR (first <= ?1 AND last >= ?1))
  AND (?2 IS NULL OR verified IS NULL OR verified < ?2 OR (damage IS NOT NULL AND verified >= ?4))
  AND (?3 = 0 OR damage IS NOT NULL OR inode IN (SELECT inode FROM versions WHERE damage IS NOT NULL))`;

const valuesOf = ({ seq, notSince, damagedOnly, damagedSince }: ReadingOrder) =>
  [seq, notSince, damagedOnly ? 1 : 0, damagedSince] as const;

/** Files and bytes that such an order comes to, each inode once; some of them may lie in no snapshot any more. */
export function weighReading(catalog: Catalog, order: ReadingOrder): { files: number; bytes: number } {
  const row = catalog
    .prepare(
      `SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM
         (SELECT max(size) AS size FROM versions WHERE ${WHERE} GROUP BY coalesce(inode, -path))`,
    )
    .get(...valuesOf(order)) as { files: number; bytes: number };
  return row;
}

/** Places in time are thousandths of milliseconds. */
const ORDERS = {
  disk: "inode, path",
  unread: "verified IS NOT NULL, verified, inode, path",
  oldest: "coalesce(verified, first / 1000), inode, path",
} as const;

/** Gives the files of an order one after the other. The catalog may be written to meanwhile by another connection. */
export function* filesToRead(catalog: Catalog, order: ReadingOrder): Generator<StoredFile> {
  const places = indexedSnapshots(catalog).map(({ seq }) => seq);
  const pathOf = pathFinder(catalog);
  const rows = catalog
    .prepare(`SELECT ${STORED_COLUMNS} FROM versions WHERE ${WHERE} ORDER BY ${ORDERS[order.by]}`)
    .iterate(...valuesOf(order)) as unknown as Iterable<StoredRow>;
  let gathered: StoredRow[] = [];
  for (const row of rows) {
    const [one] = gathered;
    if (one !== undefined && (row.inode === null || row.inode !== one.inode)) {
      yield* storedFile(gathered, places, pathOf, order.seq);
      gathered = [];
    }
    gathered.push(row);
  }
  if (gathered.length > 0) yield* storedFile(gathered, places, pathOf, order.seq);
}

/** Nothing when no snapshot shows it any more: it may be gone, and its inode be another file's by now. */
function* storedFile(
  rows: readonly StoredRow[],
  places: readonly number[],
  pathOf: (id: number) => Buffer,
  seq: number | null,
): Generator<StoredFile> {
  const shown = rows.flatMap((row) => {
    const place = seq ?? places.findLast((at) => row.first <= at && at <= row.last);
    return place === undefined ? [] : [{ row, place }];
  });
  const [best] = shown;
  if (best === undefined) return;
  // Only of rows that a snapshot shows: the number of an inode that was freed may be another file's by now.
  const known = shown.find(({ row }) => row.checksum !== null)?.row.checksum ?? null;
  yield {
    size: best.row.size,
    checksum: known === null ? null : Buffer.from(known),
    path: pathOf(best.row.path),
    seq: best.place,
    rows: shown.map(({ row: { path, first } }) => ({ path, first })),
    facts: factsOfRow(best.row),
    wasDamaged: shown.some(({ row }) => row.damage !== null),
  };
}

/** Paths of rows, with those of their folders kept: files of one folder come in a row or nearly so. */
export function pathFinder(catalog: Catalog): (id: number) => Buffer {
  const up = catalog.prepare("SELECT parent, name FROM paths WHERE id = ?");
  const folders = new Map<number, Buffer>([[ROOT_PATH, Buffer.alloc(0)]]);
  const slash = Buffer.from("/");
  const pathOf = (id: number): Buffer => {
    const known = folders.get(id);
    if (known !== undefined) return known;
    const { parent, name } = up.get(id) as { parent: number; name: Uint8Array };
    const folder = pathOf(parent);
    if (parent !== ROOT_PATH) folders.set(parent, folder);
    return folder.length === 0 ? Buffer.from(name) : Buffer.concat([folder, slash, name]);
  };
  return pathOf;
}

export interface ReadResult {
  readonly rows: readonly VersionKey[];
  /** What the content is now. */
  readonly found: Buffer;
  /** Null: nobody knew what it should be, and what was found is taken for it. */
  readonly expected: Buffer | null;
}

/** Notes what was read, all of it or nothing. */
export function noteReadings(catalog: Catalog, results: readonly ReadResult[], atMs: number): void {
  const note = catalog.prepare("UPDATE versions SET verified = ?, damage = ? WHERE path = ? AND first = ?");
  const adopt = catalog.prepare(
    "UPDATE versions SET verified = ?, damage = NULL, checksum = ?, own = 1 WHERE path = ? AND first = ?",
  );
  inOneGo(catalog, () => {
    for (const { rows, found, expected } of results)
      for (const { path, first } of rows)
        if (expected === null) adopt.run(atMs, found, path, first);
        else note.run(atMs, expected.equals(found) ? null : found, path, first);
  });
}

/** Notes that these are damaged, before they are written to: whatever happens then, they count as damaged until they were read. */
export function noteDamage(catalog: Catalog, rows: readonly VersionKey[]): void {
  const note = catalog.prepare(
    "UPDATE versions SET damage = coalesce(damage, x'') WHERE path = ? AND first = ?",
  );
  inOneGo(catalog, () => {
    for (const { path, first } of rows) note.run(path, first);
  });
}

/** Where a damaged file is seen, and where its content still is as it was. */
export interface DamageReport {
  /** Names of the snapshots that show it. */
  readonly snapshots: readonly string[];
  /** Another stored file of the same content that was not found damaged, in the newest snapshot that has it. */
  readonly healthy: { readonly snapshot: string; readonly path: Buffer } | null;
}

export function reportDamage(catalog: Catalog, rows: readonly VersionKey[], expected: Buffer): DamageReport {
  const snapshots = indexedSnapshots(catalog);
  const range = catalog.prepare("SELECT first, last FROM versions WHERE path = ? AND first = ?");
  const ranges = rows.flatMap(
    ({ path, first }) => (range.get(path, first) as { first: number; last: number }) ?? [],
  );
  const shows = ({ seq }: { seq: number }): boolean =>
    ranges.some(({ first, last }) => first <= seq && seq <= last);
  const damaged = new Set(rows.map(({ path, first }) => `${path} ${first}`));
  const twins = catalog
    .prepare(
      "SELECT path, first, last FROM versions WHERE checksum = ? AND damage IS NULL ORDER BY first DESC",
    )
    .all(expected) as { path: number; first: number; last: number }[];
  for (const twin of twins) {
    if (damaged.has(`${twin.path} ${twin.first}`)) continue;
    const snapshot = snapshots.findLast(({ seq }) => twin.first <= seq && seq <= twin.last);
    if (snapshot === undefined) continue;
    const healthy = { snapshot: snapshot.name, path: pathFinder(catalog)(twin.path) };
    return { snapshots: snapshots.filter(shows).map(({ name }) => name), healthy };
  }
  return { snapshots: snapshots.filter(shows).map(({ name }) => name), healthy: null };
}

/** How a snapshot stands: when its least recently read file was read, or null when some never was; and damaged files. */
export function verificationOf(
  catalog: Catalog,
  seq: number,
): { readonly sinceMs: number | null; readonly damaged: number } {
  const row = catalog
    .prepare(
      `SELECT min(coalesce(verified, 0)) AS since, count(damage) AS damaged FROM versions
       WHERE type = 'f' AND first <= ? AND last >= ?`,
    )
    .get(seq, seq) as { since: number | null; damaged: number };
  return { sinceMs: row.since === 0 ? null : row.since, damaged: row.damaged };
}
