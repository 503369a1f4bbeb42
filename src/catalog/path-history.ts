// What lay at one path over time, as a person sees it.
import type { Difference } from "../domain/history.ts";
import { type Catalog, indexedSnapshots } from "./catalog.ts";
import { asVersion, type Row, VERSION_COLUMNS, type Version } from "./look-ups.ts";

/** A version that a snapshot still has. `oldest` and `newest` count the snapshots of the catalog, from 0 for the first. */
export interface SeenVersion extends Version {
  readonly oldest: number;
  readonly newest: number;
}

/** Places in time of the snapshots that there are, in order. */
export const placesOf = (catalog: Catalog): number[] => indexedSnapshots(catalog).map(({ seq }) => seq);

/** How many places lie before this one. */
function before(places: readonly number[], place: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The versions of a path, newest first. Rows without a snapshot are left out, and those that follow each other and differ
 * only in where the file is stored are one version.
 */
export function versionsAt(catalog: Catalog, id: number, places: readonly number[]): SeenVersion[] {
  const rows = catalog
    .prepare(`SELECT ${VERSION_COLUMNS} FROM versions v WHERE path = ? ORDER BY first DESC`)
    .all(id) as unknown as Row[];
  const found: SeenVersion[] = [];
  for (const row of rows) {
    const [oldest, newest] = [before(places, row.first), before(places, row.last + 1) - 1];
    if (oldest > newest) continue;
    const version = asVersion(row);
    const later = found.at(-1);
    if (later !== undefined && later.oldest === newest + 1 && differences(version, later).length === 0)
      found[found.length - 1] = { ...later, oldest, checksum: later.checksum ?? version.checksum };
    else found.push({ ...version, oldest, newest });
  }
  return found;
}

/**
 * In what two versions differ that can be seen. A folder's time changes with everything that comes and goes in it, so it
 * says nothing of the folder itself.
 */
export function differences(one: Version, other: Version): Difference[] {
  if (one.type !== other.type) return ["type"];
  const isSame = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
    a === null || b === null || Buffer.compare(a, b) === 0;
  const found: Difference[] = [];
  if (
    one.type === "f" &&
    (one.size !== other.size || !isSame(one.checksum?.value ?? null, other.checksum?.value ?? null))
  )
    found.push("content");
  if (!isSame(one.target, other.target)) found.push("target");
  if (one.mtimeSeconds !== other.mtimeSeconds || one.mtimeNanoseconds !== other.mtimeNanoseconds)
    found.push("time");
  if (one.mode !== other.mode) found.push("mode");
  if (one.uid !== other.uid || one.gid !== other.gid) found.push("owner");
  return found;
}
