// Why nothing of a host should be removed before a person has looked.
import { clockDoubt } from "./clock-doubt.ts";
import type { Trust } from "./host.ts";
import type { Run } from "./run.ts";
import { shrinkage } from "./shrinkage.ts";
import type { Snapshot } from "./snapshot.ts";
import { isSuspicion } from "./suspicious-change.ts";

/** What is needed to know of a snapshot. */
export type WatchedSnapshot = Pick<
  Snapshot,
  "id" | "name" | "startedAt" | "state" | "files" | "bytes" | "anomaly"
>;

export interface HoldFacts {
  readonly host: string;
  /** All that are on record of the host, newest first. */
  readonly snapshots: readonly WatchedSnapshot[];
  /** The newest backup that has ended; null when there is none, or when a good one has just been made. */
  readonly newestBackup: Pick<Run, "id" | "status"> | null;
  readonly maxShrinkPercent: number;
  /** The last word of a person about all this. */
  readonly trust: Trust | null;
}

/** A sentence; null when nothing speaks against pruning. */
export function pruningHold(facts: HoldFacts, now: Date): string | null {
  const { host, newestBackup } = facts;
  if (newestBackup?.status === "failed")
    return `The newest backup of ${host}, run ${newestBackup.id}, failed.`;
  return contentDoubt(facts) ?? clockDoubt(facts.snapshots, now, facts.trust);
}

/**
 * A snapshot that looks suspicious is an open question until a person has said that it is right; one that only shrank is none
 * any more once a later one is as large as before. Otherwise one bad night would hold pruning for a day, and the next nights
 * remove what was lost.
 */
function contentDoubt({ snapshots, maxShrinkPercent, trust }: HoldFacts): string | null {
  const complete = snapshots.filter(({ state }) => state === "complete");
  const [newest] = complete;
  const isOpen = ({ id, anomaly }: WatchedSnapshot): boolean =>
    anomaly !== null && id > (trust?.snapshotId ?? 0);
  const isSuspect = (one: WatchedSnapshot): boolean => isOpen(one) && isSuspicion(one.anomaly ?? "");
  const suspect = complete.find(isSuspect);
  if (suspect !== undefined) return `The snapshot ${suspect.name} looks suspicious: ${suspect.anomaly}`;
  const at = complete.findIndex(isOpen);
  const shrunk = complete[at];
  if (shrunk === undefined) return null;
  const before = complete.slice(at + 1).find(({ anomaly }) => anomaly === null);
  const isBack =
    newest !== undefined &&
    newest !== shrunk &&
    before !== undefined &&
    shrinkage(before, newest, maxShrinkPercent) === null;
  return isBack ? null : `The snapshot ${shrunk.name} shrank: ${shrunk.anomaly}`;
}
