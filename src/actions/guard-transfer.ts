// Watching a transfer: it ends as soon as the host passes a limit, or the disk runs low.
import {
  type Limits,
  mayPassQuota,
  passedLimit,
  runningLow,
  type Seen,
  tookTooLong,
} from "../domain/limits.ts";
import type { Problem } from "../domain/problem.ts";
import { roomOn } from "../system/backup-root.ts";
import type { Workplace } from "../system/snapshot-tree.ts";
import { isSubvolume } from "../system/subvolume.ts";
import { type Weight, weighTrees } from "../system/weigh-trees.ts";

const LOOK_EVERY_MS = 250;
/** Looking through all that has come so far costs more. */
const [WEIGH_EVERY_MS, WEIGH_WITHIN_MS] = [3000, 600_000];

/** What the transfer itself says. */
type Said = Omit<Seen, "takenBytes">;

export interface Guard {
  /** Aborted with the Problem, or when whatever asked for the transfer calls it off. */
  readonly stop: AbortSignal;
  /** Hears what has come so far, or is announced. */
  readonly onSeen: (said: Said) => void;
  /** Looks at the result as at everything before, and throws the first Problem that was found. */
  readonly settle: (said: Said) => Promise<void>;
  readonly end: () => void;
}

/** A place on the disk that is filled: the backup root, and what of it is the transfer's own. */
interface Filled {
  readonly root: string;
  readonly workplace: Workplace;
}

export function guardTransfer(
  { root, workplace }: Filled,
  limits: Limits,
  minFreePercent: number,
  stop: AbortSignal,
): Guard {
  const guard = new AbortController();
  let takenBytes = 0;
  let newest: Said = { entries: 0, newBytes: 0 };
  let found: Problem | null = null;
  const report = (problem: Problem | null): void => {
    if (problem === null || found !== null) return;
    found = problem;
    guard.abort(problem);
  };
  const onSeen = (said: Said): void => {
    newest = said;
    report(passedLimit(limits, { ...said, takenBytes }));
  };
  const look = async (): Promise<void> => report(runningLow(await roomOn(root), minFreePercent));
  const weigh = async (): Promise<void> => {
    if (!mayPassQuota(limits, newest)) return;
    takenBytes = (await weighNew(workplace, stop)).bytes;
    onSeen(newest);
  };
  const { host, maxDurationSeconds } = limits;
  // A disk that does not answer is noticed by those who write on it.
  const timers = [repeatedly(LOOK_EVERY_MS, look), repeatedly(WEIGH_EVERY_MS, weigh)];
  // One byte a minute is no standstill, and no end either.
  if (maxDurationSeconds !== null)
    timers.push(setTimeout(() => report(tookTooLong(host, maxDurationSeconds)), maxDurationSeconds * 1000));
  return {
    stop: AbortSignal.any([stop, guard.signal]),
    onSeen,
    settle: async (said) => {
      onSeen(said);
      await weigh();
      if (found !== null) throw found;
    },
    end: () => timers.forEach(clearInterval),
  };
}

/**
 * Where all lies that is new. Weighing never goes from one subvolume of btrfs into another. A copy has nothing of its own but what
 * was received, which has names in it as well by the end.
 */
async function weighNew(workplace: Workplace, stop: AbortSignal): Promise<Weight> {
  const { path, data, tree, received, beganAsCopy } = workplace;
  if (beganAsCopy) return weighTrees([received], WEIGH_WITHIN_MS, stop, "wherever else it has names");
  const places = [path];
  for (const place of [data, tree]) if (await isSubvolume(place)) places.push(place);
  return weighTrees(places, WEIGH_WITHIN_MS, stop);
}

/** Does something again and again, and never twice at once. */
function repeatedly(everyMs: number, work: () => Promise<void>): NodeJS.Timeout {
  let isBusy = false;
  return setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    work()
      .catch(() => {})
      .finally(() => {
        isBusy = false;
      });
  }, everyMs);
}
