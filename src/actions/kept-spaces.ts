// The room that snapshots take, worked out once for as long as a catalog stays as it is.
import { type Catalog, indexedSnapshots } from "../catalog/catalog.ts";
import { type SnapshotSpace, spaceOf } from "../catalog/space.ts";
import { catalogState } from "../system/catalog-file.ts";

/** What the snapshots of a catalog take, oldest first. */
export type SpacesOf = (catalog: Catalog) => readonly SnapshotSpace[];

/** Of so many hosts it is remembered; each is a few numbers a snapshot. */
const HOSTS_MAX = 1000;

/** `spaceOf`, which looks through everything, for one who is asked again and again: the console. */
export function keepSpaces(): SpacesOf {
  const kept = new Map<string, { readonly mark: string; readonly spaces: readonly SnapshotSpace[] }>();
  return (catalog) => {
    const file = catalog.db.location() ?? "";
    const names = indexedSnapshots(catalog).map(({ name }) => name);
    const mark = [catalogState(file), ...names].join("\n");
    const known = kept.get(file);
    if (known?.mark === mark) return known.spaces;
    const spaces = spaceOf(catalog);
    kept.delete(file);
    kept.set(file, { mark, spaces });
    const [oldest] = kept.keys();
    if (kept.size > HOSTS_MAX && oldest !== undefined) kept.delete(oldest);
    return spaces;
  };
}
