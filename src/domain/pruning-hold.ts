// Why nothing of a host should be removed before a person has looked.
import { isMild, verdictText } from "./anomaly.ts";
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
> &
  Partial<Pick<Snapshot, "anomalyVerdict">>;

export interface HoldFacts<S extends WatchedSnapshot = WatchedSnapshot> {
  readonly host: string;
  /** All that are on record of the host, newest first. */
  readonly snapshots: readonly S[];
  /** The newest backup that has ended; null when there is none, or when a good one has just been made. */
  readonly newestBackup: Pick<Run, "id" | "status"> | null;
  readonly maxShrinkPercent: number;
  /** The last word of a person about all this. */
  readonly trust: Trust | null;
}

/** What holds pruning. `snapshot` is the one that looks odd, if one does. */
export interface Doubt<S extends WatchedSnapshot = WatchedSnapshot> {
  readonly kind: "failed" | "suspicious" | "shrunk" | "clock";
  readonly why: string;
  readonly snapshot: S | null;
}

/** What holds pruning because of a snapshot. */
type OddSnapshot<S extends WatchedSnapshot> = Omit<Doubt<S>, "snapshot"> & { readonly snapshot: S };

/** Null when nothing speaks against pruning. */
export function pruningDoubt<S extends WatchedSnapshot>(facts: HoldFacts<S>, now: Date): Doubt<S> | null {
  const { host, newestBackup } = facts;
  if (newestBackup?.status !== "failed") return settleableDoubt(facts, now);
  const why = `The newest backup of ${host}, run ${newestBackup.id}, failed.`;
  return { kind: "failed", why, snapshot: null };
}

/** The same without what only a good backup ends: here a person's word is enough. */
export function settleableDoubt<S extends WatchedSnapshot>(facts: HoldFacts<S>, now: Date): Doubt<S> | null {
  const doubt = contentDoubt(facts);
  if (doubt !== null) return { ...doubt, why: `${doubt.why}${seenText(doubt.snapshot)}` };
  const why = clockDoubt(facts.snapshots, now, facts.trust);
  return why === null ? null : { kind: "clock", why, snapshot: null };
}

const seenText = ({ anomalyVerdict = null }: WatchedSnapshot): string =>
  anomalyVerdict === null ? "" : ` (${verdictText(anomalyVerdict)})`;

/** Whether a snapshot looked odd and no person has said yet that it is right. */
export const isOpenAnomaly = ({ id, anomaly }: WatchedSnapshot, trust: Trust | null): boolean =>
  anomaly !== null && id > (trust?.snapshotId ?? 0);

/**
 * A snapshot that looks suspicious is an open question until a person has said that it is right; one that only shrank is none
 * any more once a later one is as large as before. Otherwise one bad night would hold pruning for a day, and the next nights
 * remove what was lost.
 */
function contentDoubt<S extends WatchedSnapshot>({
  snapshots,
  maxShrinkPercent,
  trust,
}: HoldFacts<S>): OddSnapshot<S> | null {
  const complete = snapshots.filter(({ state }) => state === "complete");
  const [newest] = complete;
  const holds = (one: S): boolean => isOpenAnomaly(one, trust) && !isMild(one.anomaly ?? "");
  const suspect = complete.find((one) => holds(one) && isSuspicion(one.anomaly ?? ""));
  if (suspect !== undefined) {
    const why = `The snapshot ${suspect.name} looks suspicious: ${suspect.anomaly}`;
    return { kind: "suspicious", why, snapshot: suspect };
  }
  const at = complete.findIndex(holds);
  const shrunk = complete[at];
  if (shrunk === undefined) return null;
  const before = complete.slice(at + 1).find(({ anomaly }) => anomaly === null || isMild(anomaly));
  const isBack =
    newest !== undefined &&
    newest !== shrunk &&
    before !== undefined &&
    shrinkage(before, newest, maxShrinkPercent) === null;
  if (isBack) return null;
  return {
    kind: "shrunk",
    why: `The snapshot ${shrunk.name} shrank: ${shrunk.anomaly}`,
    snapshot: shrunk,
  };
}
