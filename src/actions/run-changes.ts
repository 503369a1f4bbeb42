// What a backup changed against the snapshot before it, for those who look at its run.
import { setTimeout as pause } from "node:timers/promises";
import { openCatalog } from "../catalog/catalog.ts";
import { changesOf } from "../catalog/changes.ts";
import type { SnapshotChanges } from "../domain/history.ts";
import type { Run } from "../domain/run.ts";
import type { Site } from "../domain/site.ts";
import { catalogExists, catalogFile, requireCatalogPlace } from "../system/catalog-file.ts";

/** Null when the run made no snapshot, while that is not indexed, and when it lies on another backup server. Looks only, and never fails: the run itself matters more. */
export function runChanges(
  { backupRoot, isHere }: Site,
  { host, snapshot }: Pick<Run, "host" | "snapshot">,
): SnapshotChanges | null {
  const file = catalogFile(backupRoot, host);
  if (!isHere || snapshot === null || !catalogExists(file)) return null;
  try {
    requireCatalogPlace(file);
    const catalog = openCatalog(file, "read");
    try {
      return changesOf(catalog, snapshot);
    } finally {
      catalog.close();
    }
  } catch {
    return null;
  }
}

const [LOOK_EVERY_MS, WAIT_MS] = [100, 10_000];

/** The same for somebody who saw the run end just now: its snapshot is indexed after that, which is waited for a little. */
export async function changesSoon(site: Site, run: Run, stop: AbortSignal): Promise<SnapshotChanges | null> {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const changes = runChanges(site, run);
    const isAwaited =
      site.isHere && run.kind === "backup" && run.snapshot !== null && performance.now() < until;
    if (changes !== null || !isAwaited || stop.aborted) return changes;
    await pause(LOOK_EVERY_MS, undefined, { signal: stop }).catch(() => {});
  }
}
