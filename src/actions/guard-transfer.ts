// Watching a transfer: it ends as soon as the host passes a limit, or the disk runs low.
import { type Limits, passedLimit, runningLow, type Seen } from "../domain/limits.ts";
import type { Problem } from "../domain/problem.ts";
import { roomOn } from "../system/backup-root.ts";

const LOOK_EVERY_MS = 250;

export interface Guard {
  /** Aborted with the Problem, or when whatever asked for the transfer calls it off. */
  readonly stop: AbortSignal;
  /** Hears what has come so far, or is announced. */
  readonly onSeen: (seen: Seen) => void;
  /** Looks at the result as at everything before, and throws the first Problem that was found. */
  readonly settle: (seen: Seen) => void;
  readonly end: () => void;
}

export function guardTransfer(
  root: string,
  limits: Limits,
  minFreePercent: number,
  stop: AbortSignal,
): Guard {
  const guard = new AbortController();
  let found: Problem | null = null;
  const report = (problem: Problem | null): void => {
    if (problem === null || found !== null) return;
    found = problem;
    guard.abort(problem);
  };
  const onSeen = (seen: Seen): void => report(passedLimit(limits, seen));
  const timer = setInterval(() => {
    // A disk that does not answer is noticed by those who write on it.
    roomOn(root).then(
      (room) => report(runningLow(room, minFreePercent)),
      () => {},
    );
  }, LOOK_EVERY_MS);
  return {
    stop: AbortSignal.any([stop, guard.signal]),
    onSeen,
    settle: (seen) => {
      onSeen(seen);
      if (found !== null) throw found;
    },
    end: () => clearInterval(timer),
  };
}
