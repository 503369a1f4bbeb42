// Two snapshots of a host side by side.
import type { Difference } from "../domain/history.ts";
import { type Catalog, ROOT_PATH } from "./catalog.ts";
import { asVersion, pathId, type Row, VERSION_COLUMNS, type Version } from "./look-ups.ts";
import { differences } from "./path-history.ts";
import { type ByteText, pathNames } from "./path-names.ts";

/** What is other at a path in the later place than in the earlier one. `path` begins with a slash. */
export interface Change {
  readonly path: ByteText;
  /** Null: nothing was there. Never both. */
  readonly before: Version | null;
  readonly after: Version | null;
  /** Empty when something came or went. */
  readonly differs: readonly Difference[];
}

type ChangedRow = Row & { path: number };

/**
 * Changes from one place in time to another, which may be an earlier one, at a path and below it; in no order.
 *
 * A row that covers both places has not changed. SQL finds all others in one go over the versions, or over those below the
 * path, and only they are looked at. They come one by one, because between distant snapshots there may be a million.
 */
export function* changesBetween(
  catalog: Catalog,
  from: number,
  to: number,
  below: Buffer,
): Generator<Change, void, undefined> {
  const top = pathId(catalog, below);
  if (top === null || from === to) return;
  const [early, late] = [Math.min(from, to), Math.max(from, to)];
  const names = pathNames(catalog);
  const changeAt = (id: number, rows: readonly Row[]): Change | null => {
    const at = (place: number): Version | null => {
      const row = rows.find(({ first, last }) => first <= place && place <= last);
      return row === undefined ? null : asVersion(row);
    };
    const [before, after] = [at(from), at(to)];
    const differs = before === null || after === null ? [] : differences(before, after);
    const isSame = before !== null && after !== null && isUnchanged(after, differs);
    return isSame ? null : { path: names.path(id), before, after, differs };
  };
  for (const [id, rows] of byPath(changedRows(catalog, top, early, late))) {
    const change = changeAt(id, rows);
    if (change !== null) yield change;
  }
}

/** The first changes by the bytes of paths, of those behind `after`; of any number of them, no more than twice that are held. */
export function firstByPath(
  after: ByteText,
  count: number,
): { take: (change: Change) => void; sorted: () => Change[] } {
  let kept: Change[] = [];
  let isFull = false;
  const cut = (): void => {
    kept = kept.sort((one, other) => (one.path < other.path ? -1 : 1)).slice(0, count);
    isFull = kept.length === count;
  };
  return {
    take: (change) => {
      const last = isFull ? kept[count - 1] : undefined;
      if (change.path <= after || (last !== undefined && change.path > last.path)) return;
      kept.push(change);
      if (kept.length >= 2 * count) cut();
    },
    sorted: () => {
      cut();
      return kept;
    },
  };
}

function* byPath(rows: Iterable<ChangedRow>): Generator<[number, ChangedRow[]], void, undefined> {
  let together: ChangedRow[] = [];
  for (const row of rows) {
    const [one] = together;
    if (one !== undefined && one.path !== row.path) {
      yield [one.path, together];
      together = [];
    }
    together.push(row);
  }
  const [one] = together;
  if (one !== undefined) yield [one.path, together];
}

/** Rows of one of the two places, those of one path together. */
function changedRows(catalog: Catalog, top: number, early: number, late: number): Iterable<ChangedRow> {
  const isChanged =
    "(v.first <= ?1 AND v.last >= ?1 AND v.last < ?2) OR (v.first > ?1 AND v.first <= ?2 AND v.last >= ?2)";
  const rows =
    top === ROOT_PATH
      ? catalog.prepare(
          `SELECT v.path, ${VERSION_COLUMNS} FROM versions v WHERE ${isChanged} ORDER BY v.path, v.first`,
        )
      : catalog.prepare(
          `WITH RECURSIVE below (id) AS (
             SELECT ?3 UNION ALL SELECT p.id FROM below JOIN paths p ON p.parent = below.id
           )
           SELECT v.path, ${VERSION_COLUMNS} FROM below JOIN versions v ON v.path = below.id
           WHERE ${isChanged} ORDER BY v.path, v.first`,
        );
  return rows.iterate(early, late, ...(top === ROOT_PATH ? [] : [top])) as unknown as Iterable<ChangedRow>;
}

/** A folder's time is that of whatever came and went in it, which is listed itself. */
const isUnchanged = ({ type }: Version, differs: readonly Difference[]): boolean =>
  differs.every((one) => type === "d" && one === "time");
