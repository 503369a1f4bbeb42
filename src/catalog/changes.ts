// What a snapshot changed against the one before it: counted while it is indexed, and kept with it.
import type { EntryFacts } from "../domain/entry.ts";
import type { SnapshotChanges } from "../domain/history.ts";
import { pathText } from "../domain/path-text.ts";
import type { Catalog } from "./catalog.ts";

/** So many of the largest are named. */
const NAMED = 10;

type Largest = SnapshotChanges["largest"][number];

export interface ChangeTally {
  readonly came: (path: Buffer, facts: EntryFacts, wasThere: boolean) => void;
  readonly went: () => void;
  readonly sum: () => SnapshotChanges;
}

export function newTally(): ChangeTally {
  let [added, changed, removed, bytes] = [0, 0, 0, 0];
  let largest: (Omit<Largest, "path"> & { readonly path: Buffer })[] = [];
  return {
    came: (path, { type, size }, wasThere) => {
      if (wasThere) changed += 1;
      else added += 1;
      if (type !== "f") return;
      bytes += size;
      if (size <= (largest.length < NAMED ? 0 : (largest.at(-1)?.size ?? 0))) return;
      const one = { path: Buffer.from(path), change: wasThere ? "changed" : "added", size } as const;
      largest = [...largest, one].sort((a, b) => b.size - a.size).slice(0, NAMED);
    },
    went: () => {
      removed += 1;
    },
    sum: () => ({
      ...{ added, changed, removed, bytes },
      largest: largest.map(({ path, change, size }) => ({ path: `/${pathText(path)}`, change, size })),
    }),
  };
}

/** What a snapshot changed; null when it is not indexed. */
export function changesOf(catalog: Catalog, snapshot: string): SnapshotChanges | null {
  const row = catalog.prepare("SELECT changes FROM snapshots WHERE name = ?").get(snapshot) as
    | { changes: string }
    | undefined;
  return row === undefined ? null : (JSON.parse(row.changes) as SnapshotChanges);
}
