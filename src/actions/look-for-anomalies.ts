// Is this snapshot as one would expect after those before it? What is not makes it suspect until a person has looked.
import { Problem } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { suspicions } from "../domain/suspicious-change.ts";
import { findHosts } from "../store/hosts.ts";
import { listRuns } from "../store/runs.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { randomnessOf } from "../system/randomness.ts";
import type { TransferResult } from "../system/transfer.ts";
import type { App } from "./app.ts";
import type { Base } from "./backup-guards.ts";
import { pinSnapshot, unpinSnapshot } from "./pin-snapshot.ts";

/** Backups that are looked back at. */
const PAST = 8;
/** Who has pinned what nobody has pinned: no name that an account could have. */
const OURSELVES = "pobsync itself";

/** A new tree beside the snapshot that it builds on. */
interface Beside {
  readonly hostId: number;
  readonly base: Base;
  readonly before: string;
  readonly now: string;
}

/** Warnings about changes that look like damage. */
export async function anomalyWarnings(
  app: App,
  { hostId, base, before, now }: Beside,
  { stats, changes }: Pick<TransferResult, "stats" | "changes">,
): Promise<Problem[]> {
  const files = base.metadata?.stats?.regularFiles ?? null;
  if (files === null) return [];
  const sample = [];
  for (const path of changes.sample)
    sample.push({ before: await randomnessOf(before, path), now: await randomnessOf(now, path) });
  const { created, replaced } = changes;
  const changed = { before: files, now: stats.regularFiles, created, replaced };
  return suspicions(changed, await pastShares(app, hostId), sample).map(
    (message) => new Problem("suspicious_change", message),
  );
}

/** Which share of its files was new to each of the backups before, newest first. A first one is no measure. */
async function pastShares(app: App, hostId: number): Promise<number[]> {
  const runs = await listRuns(app.db, {
    ...{ hostId, kind: "backup", statuses: ["succeeded", "warning"], limit: PAST + 1 },
  });
  return runs.slice(0, -1).flatMap((run, at) => {
    const files = runs[at + 1]?.stats?.regularFiles ?? 0;
    return run.stats === null || files === 0 ? [] : [run.stats.newFiles / files];
  });
}

/** Pins the newest snapshot before a suspect one that is none itself, unless somebody has pinned it. */
export async function keepLastGood(app: App, { host, hostId, snapshot }: Run): Promise<void> {
  const all = await listSnapshots(app.db, { hostId, states: ["complete"] });
  const suspect = all.find(({ name }) => name === snapshot);
  if (suspect === undefined || suspect.anomaly === null) return;
  const settled = (await findHosts(app.db, [hostId]))[0]?.trust?.snapshotId ?? 0;
  if (suspect.id <= settled) return;
  const good = all.find(({ id, anomaly }) => id < suspect.id && (anomaly === null || id <= settled));
  if (good === undefined || good.pin !== null) return;
  const reason = `the last one before ${suspect.name}, at which somebody should look`;
  await pinSnapshot(asOurselves(app), host, good.name, { reason });
}

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
