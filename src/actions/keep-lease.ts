// Keeping a run while it is executed: the lease is renewed, progress is written, and a request to cancel becomes an abort.
import { asProblem, Problem } from "../domain/problem.ts";
import type { Phase, Progress, Protection, Sharing } from "../domain/run.ts";
import { type RunReport, renewLease, reportRun } from "../store/run-lease.ts";
import type { Owner } from "../store/run-queue.ts";
import type { App } from "./app.ts";
import { patiently, whileDatabaseIsAway } from "./patience.ts";

/** What somebody who watches a run may see, and how they stop it. */
export interface RunObserver {
  readonly onPhase?: (phase: Phase) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly onNote?: (text: string) => void;
  /** Given what goes on for a moment after the run has ended, and never fails. Left out, the end of the run waits for it. */
  readonly afterwards?: (work: Promise<void>) => void;
  /** Abort it with a Problem as the reason. */
  readonly stop?: AbortSignal;
}

/** How the work on a run reports and is steered. */
export interface RunControl {
  readonly onPhase: (phase: Phase) => Promise<void>;
  readonly onBase: (name: string | null) => Promise<void>;
  readonly onSandbox: (protection: Protection) => Promise<void>;
  readonly onSharing: (sharing: Sharing) => Promise<void>;
  /** Bytes a second; 0: no limit. */
  readonly onRateLimit: (rateLimit: number) => Promise<void>;
  readonly onProgress: (progress: Progress) => void;
  readonly note: (text: string) => void;
  /** Aborted with a Problem as its reason: cancelled, interrupted, lease lost. */
  readonly stop: AbortSignal;
  /** Proves once more that the run is still ours, right before something is done that cannot be taken back. */
  readonly requireLease: () => Promise<void>;
}

export interface Keeper {
  readonly control: RunControl;
  /** Why the run was stopped from outside, or null. */
  readonly reason: () => Problem | null;
  /** Reports no more; the lease is still renewed until `release`. Resolves when no report is under way. */
  readonly silence: () => Promise<unknown>;
  readonly release: () => void;
}

/** Progress goes to SQL at most this often. */
const REPORT_EVERY_MS = 1000;
/** A lease is renewed so many times before it would expire. */
const RENEWALS = 4;

/** Begins to keep a run. A database that is away for a moment must not end it: the lease decides. */
export function keepLease(app: App, owner: Owner, runId: number, observer: RunObserver): Keeper {
  const stop = new AbortController();
  const abort = (problem: Problem): void => {
    if (!stop.signal.aborted) stop.abort(problem);
  };
  const passOn = (): void => abort(asProblem(observer.stop?.reason));
  if (observer.stop?.aborted === true) passOn();
  observer.stop?.addEventListener("abort", passOn, { once: true });
  let writing: Promise<unknown> = Promise.resolve();
  let progress: Progress | null = null;
  const lost = (): void =>
    abort(new Problem("lease_lost", `Run ${runId} was taken over by another process.`));
  const report = (what: RunReport): Promise<void> => {
    const step = writing.then(async () => {
      const answer = await reportRun(app.db, runId, owner, what);
      if (answer === null) lost();
      else if (answer) abort(new Problem("cancelled", "The run was cancelled."));
    });
    writing = step.catch(() => {});
    return step;
  };
  const renew = async (): Promise<void> => {
    if (!(await renewLease(app.db, runId, owner))) lost();
  };
  const reporting = setInterval(
    oneAtATime(() => report(progress === null ? {} : { progress })),
    REPORT_EVERY_MS,
  );
  const renewing = setInterval(oneAtATime(renew), (owner.leaseSeconds * 1000) / RENEWALS);
  return {
    control: {
      onPhase: async (phase) => {
        observer.onPhase?.(phase);
        await report({ phase }).catch(whileDatabaseIsAway);
        stop.signal.throwIfAborted();
      },
      onBase: (baseName) => report({ baseName }).catch(whileDatabaseIsAway),
      onSandbox: (sandbox) => report({ sandbox }).catch(whileDatabaseIsAway),
      onSharing: (sharing) => report({ sharing }).catch(whileDatabaseIsAway),
      onRateLimit: (rateLimit) => report({ rateLimit }).catch(whileDatabaseIsAway),
      onProgress: (seen) => {
        progress = seen;
        observer.onProgress?.(seen);
      },
      note: (text) => observer.onNote?.(text),
      stop: stop.signal,
      requireLease: async () => {
        await patiently(owner.leaseSeconds * 1000, renew);
        stop.signal.throwIfAborted();
      },
    },
    reason: () => (stop.signal.aborted ? asProblem(stop.signal.reason) : null),
    silence: () => {
      clearInterval(reporting);
      return writing;
    },
    release: () => {
      clearInterval(renewing);
      observer.stop?.removeEventListener("abort", passOn);
    },
  };
}

/** Passes over a turn while the last one is under way: a database that answers nothing must not gather a queue. */
function oneAtATime(work: () => Promise<void>): () => void {
  let isBusy = false;
  return () => {
    if (isBusy) return;
    isBusy = true;
    void work()
      .catch(() => {})
      .finally(() => {
        isBusy = false;
      });
  };
}
