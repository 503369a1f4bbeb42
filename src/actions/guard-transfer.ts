// Watching a transfer: it ends as soon as the host passes a limit, or the disk runs low.
import { type Limits, passedLimit, runningLow, type Seen } from "../domain/limits.ts";
import type { Problem } from "../domain/problem.ts";
import { roomOn } from "../system/backup-root.ts";

const LOOK_EVERY_MS = 250;

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

export async function guardTransfer(
  root: string,
  limits: Limits,
  minFreePercent: number,
  stop: AbortSignal,
): Promise<Guard> {
  const guard = new AbortController();
  const { freeBytes } = await roomOn(root);
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
  const look = async (): Promise<void> => {
    const room = await roomOn(root);
    takenBytes = Math.max(0, freeBytes - room.freeBytes);
    report(runningLow(room, minFreePercent));
    onSeen(newest);
  };
  // A disk that does not answer is noticed by those who write on it.
  const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS);
  return {
    stop: AbortSignal.any([stop, guard.signal]),
    onSeen,
    settle: async (said) => {
      newest = said;
      await look();
      if (found !== null) throw found;
    },
    end: () => clearInterval(timer),
  };
}
