// What lies on a host's disk, and what that means for SQL. Changes nothing.
import {
  type Comparison,
  compareWithRecords,
  type DiscoverResult,
  type FoundSnapshot,
  foundSnapshot,
  type RefusedEntry,
} from "../domain/discovery.ts";
import type { Host } from "../domain/host.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { scanSnapshots, whyNoSnapshots } from "../system/snapshot-scan.ts";
import { namesInTrash, trashedFolder, whereaboutsOf } from "../system/trash.ts";
import type { App } from "./app.ts";

export interface HostLook extends Comparison {
  readonly refused: readonly RefusedEntry[];
}

/** A host, or the folder of one that is not in SQL. */
export type LookedAt = Pick<Host, "name"> & { readonly id: number | null };

/** `awaited` are snapshots that do not lie there yet and are to be taken for ones that do. */
export async function lookAtHost(
  app: App,
  root: string,
  host: LookedAt,
  awaited: readonly FoundSnapshot[] = [],
): Promise<HostLook> {
  const blocked = await whyNoSnapshots(root, host.name);
  // What cannot be looked at is not missing.
  if (blocked !== null)
    return { unknown: [], known: 0, returned: [], gone: [], missing: [], refused: [blocked] };
  const found: FoundSnapshot[] = [...awaited];
  const unclear = new Set<string>();
  const refused: RefusedEntry[] = [];
  for await (const entry of scanSnapshots(root, host.name)) {
    if ("metadata" in entry) {
      found.push(foundSnapshot(entry.name, entry.metadata));
      continue;
    }
    refused.push({ path: entry.path, why: entry.why });
    if (entry.unclear && entry.name !== null) unclear.add(entry.name);
  }
  const trashed = await namesInTrash(root, host.name);
  const records = host.id === null ? [] : await listSnapshots(app.db, { hostId: host.id });
  refused.push(...(await forgottenTrash(root, host.name, trashed, records)));
  return { ...compareWithRecords({ found, unclear, trashed: new Set(trashed) }, records), refused };
}

/** After a database was lost nobody knows that something was to be removed, and nobody removes it. */
async function forgottenTrash(
  root: string,
  host: string,
  trashed: readonly string[],
  records: readonly Snapshot[],
): Promise<RefusedEntry[]> {
  const going = new Set(
    records.flatMap(({ name, state }) => (state === "removing" || state === "removed" ? [name] : [])),
  );
  const refused: RefusedEntry[] = [];
  for (const name of trashed) {
    if (going.has(name)) continue;
    const path = trashedFolder(root, host, name);
    refused.push(
      (await whereaboutsOf(root, host, name)) === "doomed"
        ? { path: `${path}.doomed`, why: "is half deleted, and no record says so: delete it" }
        : {
            path,
            why: "is in the trash, and no record says so: move it to snapshots to keep it, or delete it",
          },
    );
  }
  return refused;
}

/** What a look came to, once everything that follows from it is done. */
export function resultOf({ unknown, known, returned, gone, missing, refused }: HostLook): DiscoverResult {
  const names = (snapshots: readonly { name: string }[]): string[] => snapshots.map(({ name }) => name);
  return {
    found: unknown.length + known + returned.length,
    recorded: names(unknown),
    known,
    missing: names([...gone, ...missing]).sort(),
    returned: names(returned),
    refused,
  };
}
