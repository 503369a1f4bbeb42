// Is this snapshot as one would expect after those before it? What is not makes it suspect until a person has looked.
import { isMild, SLOW } from "../domain/anomaly.ts";
import { anomalyKeys } from "../domain/condition.ts";
import { PAST_BACKUPS } from "../domain/own-past.ts";
import { Problem } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { TransferStats } from "../domain/snapshot-metadata.ts";
import { goneFiles, SUSPICION, suspicions } from "../domain/suspicious-change.ts";
import {
  type BackupFacts,
  goneBefore,
  growthBeyond,
  massDelete,
  pausesSince,
  slowness,
} from "../domain/unusual-backup.ts";
import { remindAgain } from "../store/alerts.ts";
import { findHosts } from "../store/hosts.ts";
import { listRuns } from "../store/runs.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { randomnessOf } from "../system/randomness.ts";
import { dataFolder } from "../system/snapshot-tree.ts";
import type { TransferResult } from "../system/transfer.ts";
import type { App } from "./app.ts";
import type { Base } from "./backup-guards.ts";
import { pinSnapshot, unpinSnapshot } from "./pin-snapshot.ts";

/** Backups by which it is judged how many names and contents are usually new. */
const SHARES = 8;
/** Who has pinned what nobody has pinned: no name that an account could have. */
const OURSELVES = "pobsync itself";

/** A new tree that is not published yet. */
interface NewTree {
  readonly root: string;
  readonly host: { readonly id: number; readonly name: string };
  readonly sources: readonly string[];
  readonly startedAt: Date;
  /** The snapshot that it builds on; null: there is none. */
  readonly base: Base | null;
  readonly data: string;
}

/**
 * Warnings about changes that look like damage, and about a backup that is not as the host's own past lets expect.
 *
 * @param shrank whether it has been said already that the tree shrank; then nothing is said of what is gone
 */
export async function anomalyWarnings(
  app: App,
  { root, host, sources, startedAt, base, data: now }: NewTree,
  { stats, changes }: Pick<TransferResult, "stats" | "changes">,
  shrank: boolean,
): Promise<Problem[]> {
  // With other sources it is another tree.
  if (base === null || JSON.stringify(base.metadata?.sources) !== JSON.stringify(sources)) return [];
  const before = dataFolder(root, host.name, base.snapshot.name);
  const old = base.metadata?.stats ?? null;
  if (old === null) return [];
  const sample = [];
  for (const path of changes.sample)
    sample.push({ before: await randomnessOf(before, path), now: await randomnessOf(now, path) });
  const { created, replaced } = changes;
  const changed = { before: old.regularFiles, now: stats.regularFiles, created, replaced };
  const past = await pastBackups(app, host.id);
  const pauses = pausesSince(startedAt, past);
  const gone = { gone: goneFiles(changed), before: changed.before };
  const deleted = shrank ? null : massDelete(gone, goneBefore(past), pauses);
  const found = suspicions(changed, pastShares(past.slice(0, SHARES + 1)), sample, deleted);
  const grown = growthBeyond(sizeOf(old), sizeOf(stats), past, pauses);
  const slow = slowness(stats.durationMs, past);
  return [
    ...found.map((message) => new Problem("suspicious_change", message)),
    ...(grown === null ? [] : [new Problem("suspicious_change", `${SUSPICION}${grown}`)]),
    ...(slow === null ? [] : [new Problem("unusually_slow", `${SLOW}${slow}`)]),
  ];
}

const sizeOf = ({ files, bytes }: TransferStats) => ({ entries: files, bytes });

type PastBackup = BackupFacts & Pick<TransferStats, "newFiles">;

/** Those that have made a snapshot, newest first. */
async function pastBackups(app: App, hostId: number): Promise<PastBackup[]> {
  const runs = await listRuns(app.db, {
    ...{ hostId, kind: "backup", statuses: ["succeeded", "warning"], limit: PAST_BACKUPS + 1 },
  });
  return runs.flatMap(({ stats, startedAt }) => {
    if (stats === null || startedAt === null) return [];
    const { createdFiles = null, files: entries } = stats;
    return [{ ...stats, startedAt, entries, createdFiles }];
  });
}

/** Which share of its files was new to each of the backups, newest first. A first one is no measure. */
const pastShares = (past: readonly PastBackup[]): number[] =>
  past.slice(0, -1).flatMap(({ newFiles }, at) => {
    const files = past[at + 1]?.regularFiles ?? 0;
    return files === 0 ? [] : [newFiles / files];
  });

/** Pins the newest snapshot before a suspect one that is none itself, unless somebody has pinned it. A slow one is none. */
export async function keepLastGood(app: App, { host, hostId, snapshot }: Run): Promise<void> {
  const all = await listSnapshots(app.db, { hostId, states: ["complete"] });
  const suspect = all.find(({ name }) => name === snapshot);
  if (suspect === undefined || !isSuspect(suspect)) return;
  const settled = (await findHosts(app.db, [hostId]))[0]?.trust?.snapshotId ?? 0;
  if (suspect.id <= settled) return;
  // Whoever has seen the one before has not seen this one.
  await remindAgain(app.db, anomalyKeys(host));
  const good = all.find((one) => one.id < suspect.id && (!isSuspect(one) || one.id <= settled));
  if (good === undefined || good.pin !== null) return;
  const reason = `the last one before ${suspect.name}, at which somebody should look`;
  await pinSnapshot(asOurselves(app), host, good.name, { reason });
}

const isSuspect = ({ anomaly }: Snapshot): boolean => anomaly !== null && !isMild(anomaly);

/** Once a person has looked, what we have pinned is left to the rules again. */
export async function unpinOurs(app: App, host: string, snapshots: readonly Snapshot[]): Promise<void> {
  for (const snapshot of snapshots.filter(isPinnedByUs))
    await unpinSnapshot(asOurselves(app), host, snapshot.name);
}

export const isPinnedByUs = ({ pin, state }: Snapshot): boolean =>
  pin?.by === OURSELVES && state === "complete";

const asOurselves = (app: App): App => ({
  ...app,
  requestedBy: OURSELVES,
  actor: { name: null, kind: "system", address: null },
});
