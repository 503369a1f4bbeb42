// The guards of a backup: which snapshot it builds on, and what must not happen unnoticed although rsync was content.

import type { Host } from "../domain/host.ts";
import { Problem } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import type { Settings } from "../domain/settings.ts";
import { shrinkage } from "../domain/shrinkage.ts";
import type { Site } from "../domain/site.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { SnapshotMetadata, TransferStats } from "../domain/snapshot-metadata.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { folderExists, readFirstEntry } from "../system/folder.ts";
import { dataFolder, readMetadata, type Workplace } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";

/** The snapshot that unchanged files are shared with. Its metadata is null when it cannot be read. */
export interface Base {
  readonly snapshot: Snapshot;
  readonly metadata: SnapshotMetadata | null;
}

/** The newest complete snapshot that really lies on disk; one that somebody removed by hand is passed over. */
export async function chooseBase(app: App, root: string, host: Host): Promise<Base | null> {
  for (const snapshot of await listSnapshots(app.db, { hostId: host.id, states: ["complete"] })) {
    if (!(await folderExists(dataFolder(root, host.name, snapshot.name)))) continue;
    const metadata = await readMetadata(root, host.name, snapshot.name);
    return { snapshot, metadata: metadata === null || typeof metadata === "string" ? null : metadata };
  }
  return null;
}

/** Throws `source_empty`; returns warnings about links that were not made and about a backup that shrank. */
export async function guardProblems(
  site: Site,
  host: Host,
  settings: Settings,
  run: Run,
  stats: TransferStats,
  base: Base | null,
  workplace: Workplace,
): Promise<Problem[]> {
  const warnings: Problem[] = [];
  if (stats.copiedInsteadOfLinked > 0)
    warnings.push(
      new Problem(
        "links_failed",
        `${stats.copiedInsteadOfLinked} unchanged files were copied, because no hard link could be made.`,
      ),
    );
  if (base === null) return warnings;
  const emptied: string[] = [];
  for (const source of settings.sources) {
    const before = await readFirstEntry(dataFolder(site.backupRoot, host.name, base.snapshot.name), source);
    if (before === null) continue;
    if ((await readFirstEntry(workplace.data, source)) === null) emptied.push(source);
  }
  if (emptied.length > 0) {
    const message = `On ${host.name}, ${emptied.join(", ")} is empty; the last snapshot had files there.`;
    if (!run.options.acceptEmpty) throw new Problem("source_empty", message);
    warnings.push(new Problem("source_empty", message, { hint: "It was accepted with --accept-empty." }));
  }
  const sameSources = JSON.stringify(base.metadata?.sources ?? null) === JSON.stringify(settings.sources);
  const shrunk = sameSources ? shrinkage(base.snapshot, stats, settings.maxShrinkPercent) : null;
  if (shrunk !== null) warnings.push(new Problem("snapshot_shrunk", shrunk));
  return warnings;
}
