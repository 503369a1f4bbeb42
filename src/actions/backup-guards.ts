// The guards of a backup: which snapshot it builds on, and what must not happen unnoticed although rsync was content.

import { countText } from "../domain/count-text.ts";
import type { Host } from "../domain/host.ts";
import { Problem } from "../domain/problem.ts";
import { sizeInput } from "../domain/quantity.ts";
import type { Run } from "../domain/run.ts";
import { shrinkage } from "../domain/shrinkage.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { SnapshotMetadata, TransferStats } from "../domain/snapshot-metadata.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { fillOf, folderExists } from "../system/folder.ts";
import { dataFolder, readMetadata, type Workplace } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import type { HostContext } from "./host-context.ts";

/** The snapshot that unchanged files are shared with. Its metadata is null when it cannot be read. */
export interface Base {
  readonly snapshot: Snapshot;
  readonly metadata: SnapshotMetadata | null;
}

/** What a guard looks at. */
interface Guarded extends HostContext {
  readonly run: Run;
  readonly root: string;
  readonly base: Base | null;
  readonly workplace: Workplace;
}

/**
 * The newest complete snapshot that really lies on disk; one that somebody removed by hand is passed over, and so is the
 * tree of another tool, which may still write in it. One that keeps owners in another way shares nothing with a new one: every
 * file would be another.
 */
export async function chooseBase(
  app: App,
  root: string,
  host: Host,
  fakeSuper: boolean,
): Promise<Base | null> {
  for (const snapshot of await listSnapshots(app.db, { hostId: host.id, states: ["complete"] })) {
    if (snapshot.adoptedFrom !== null || snapshot.fakeSuper !== fakeSuper) continue;
    if (!(await folderExists(dataFolder(root, host.name, snapshot.name)))) continue;
    const metadata = await readMetadata(root, host.name, snapshot.name);
    return { snapshot, metadata: metadata === null || typeof metadata === "string" ? null : metadata };
  }
  return null;
}

/**
 * Are all sources in the new tree, and not suddenly empty? rsync is content (exit 0 or 23) when one is not.
 *
 * Throws `source_missing` or `source_empty`; returns a warning when emptiness was announced. `unreadable` are the paths
 * that the host could not read.
 */
export async function requireFullSources(
  guarded: Guarded,
  unreadable: readonly string[],
): Promise<Problem[]> {
  const { root, host, effective, run, base, workplace } = guarded;
  const before = base === null ? null : dataFolder(root, host.name, base.snapshot.name);
  const missing: string[] = [];
  const emptied: string[] = [];
  for (const source of effective.values.sources) {
    const now = await fillOf(workplace.data, source);
    if (now === "missing" || (now === "empty" && unreadable.includes(source))) missing.push(source);
    else if (now === "empty" && before !== null && (await fillOf(before, source)) === "full")
      emptied.push(source);
  }
  if (missing.length > 0)
    throw new Problem("source_missing", `Nothing of ${missing.join(", ")} came from ${host.name}.`, {
      hint: "Is it still there, may the backup user read it, and does no exclude pattern leave it out?",
    });
  if (emptied.length === 0) return [];
  const message = `On ${host.name}, ${emptied.join(", ")} is empty; the last snapshot had files there.`;
  if (!run.options.acceptEmpty) throw new Problem("source_empty", message);
  return [new Problem("source_empty", message, { hint: "It was accepted with --accept-empty." })];
}

/** A warning about files that are larger than the limit. */
export function leftOutWarnings(
  { effective }: Guarded,
  { count, paths }: { readonly count: number; readonly paths: readonly string[] },
): Problem[] {
  if (count === 0) return [];
  const limit = sizeInput(effective.values.maxFileBytes ?? 0);
  const more = count > paths.length ? `\n… and ${count - paths.length} more, all in the run's log` : "";
  return [
    new Problem(
      "files_too_large",
      `${countText(count, "file is", "files are")} larger than ${limit} and not in the snapshot.`,
      { detail: `${paths.join("\n")}${more}` },
    ),
  ];
}

/** Warnings about links that were not made, and about a backup that shrank while its sources stayed the same. */
export function sizeWarnings({ effective, base }: Guarded, stats: TransferStats): Problem[] {
  const warnings: Problem[] = [];
  const copied = stats.copiedInsteadOfLinked;
  if (copied > 0)
    warnings.push(
      new Problem(
        "links_failed",
        `${countText(copied, "unchanged file was", "unchanged files were")} copied, because no hard link could be made.`,
      ),
    );
  const { sources, maxShrinkPercent } = effective.values;
  if (base === null || JSON.stringify(base.metadata?.sources) !== JSON.stringify(sources)) return warnings;
  const shrunk = shrinkage(base.snapshot, stats, maxShrinkPercent);
  if (shrunk !== null) warnings.push(new Problem("snapshot_shrunk", shrunk));
  return warnings;
}
