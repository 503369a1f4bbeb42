// The room that snapshots take, worked out once for as long as a catalog stays as it is.
import { statSync } from "node:fs";
import type { Catalog } from "./catalog.ts";
import { indexedSnapshots } from "./catalog.ts";
import { type SnapshotSpace, spaceOf } from "./space.ts";

/** Of so many hosts it is remembered; each is a few numbers a snapshot. */
const HOSTS_MAX = 1000;

/** `spaceOf`, which looks through everything, for one who is asked again and again: the console. */
export function keepSpaces(): (catalog: Catalog) => readonly SnapshotSpace[] {
  const kept = new Map<string, { readonly mark: string; readonly spaces: readonly SnapshotSpace[] }>();
  return (catalog) => {
    const file = catalog.db.location() ?? "";
    const mark = markOf(file, catalog);
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

/** Another one whenever something was written: what SQLite writes is first in the file's log, and later in the file. */
function markOf(file: string, catalog: Catalog): string {
  const stateOf = (path: string): string => {
    const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
    return facts === undefined ? "" : `${facts.ino} ${facts.size} ${facts.mtimeNs}`;
  };
  return [stateOf(file), stateOf(`${file}-wal`), ...indexedSnapshots(catalog).map(({ name }) => name)].join(
    "\n",
  );
}
