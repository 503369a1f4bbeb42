// What a host has stored, each file once, and on which day it was read last.
import type { StoredWeight } from "../domain/proof.ts";
import type { Catalog } from "./catalog.ts";

const DAY_MS = 86_400_000;
/** Paths whose versions are gathered together, and files that are summed up together: some hundredths of a second. */
const PATHS_AT_ONCE = 20_000;
const FILES_AT_ONCE = 50_000;

/** By inode, because names of one file count once; outside of the catalog, which may be open for reading only. */
const GATHERED = `
  DROP TABLE IF EXISTS temp.gathered;
  CREATE TEMP TABLE gathered (
    file INTEGER PRIMARY KEY, size INTEGER NOT NULL, verified INTEGER NOT NULL, damaged INTEGER NOT NULL
  )`;

interface GatheredFile {
  readonly size: number;
  readonly verified: number;
  readonly damaged: number;
}

/**
 * Returns the sum, a part of the work with each step: a host may have millions of versions, and whoever asks has other things to
 * see to. What changes between two steps is counted as it was or as it is.
 */
export function* weighStored(catalog: Catalog): Generator<void, StoredWeight> {
  catalog.db.exec(GATHERED);
  yield* gather(catalog);
  let [files, bytes, damaged] = [0, 0, 0];
  const reads = new Map<number, number>();
  const rows = catalog.db
    .prepare("SELECT size, verified, damaged FROM temp.gathered")
    .iterate() as unknown as Iterable<GatheredFile>;
  for (const row of rows) {
    files += 1;
    bytes += row.size;
    damaged += row.damaged;
    const day = Math.floor(row.verified / DAY_MS);
    if (row.verified > 0) reads.set(day, (reads.get(day) ?? 0) + row.size);
    if (files % FILES_AT_ONCE === 0) yield;
  }
  catalog.db.exec("DROP TABLE temp.gathered");
  return { files, bytes, damaged, reads: [...reads].sort(([one], [other]) => one - other) };
}

function* gather(catalog: Catalog): Generator<void> {
  const { last } = catalog.db.prepare("SELECT coalesce(max(path), 0) AS last FROM versions").get() as {
    last: number;
  };
  const add = catalog.db.prepare(
    `INSERT INTO temp.gathered
       SELECT coalesce(inode, -path), size, coalesce(verified, 0), damage IS NOT NULL FROM versions
       WHERE path BETWEEN ? AND ? AND type = 'f'
     ON CONFLICT (file) DO UPDATE SET size = max(size, excluded.size),
       verified = max(verified, excluded.verified), damaged = max(damaged, excluded.damaged)`,
  );
  for (let from = 0; from <= last; from += PATHS_AT_ONCE) {
    add.run(from, from + PATHS_AT_ONCE - 1);
    yield;
  }
}
