// The runner: executes a run that was claimed, to its end. The command line, the worker and the web use this one.
import { asProblem, factsOf, Problem, withNames } from "../domain/problem.ts";
import {
  type FinishedStatus,
  type Phase,
  type Progress,
  type Run,
  type RunOutcome,
  snapshotKindFor,
} from "../domain/run.ts";
import { finishRun, type Owner, type RunReport, renewLease, reportRun } from "../store/run-queue.ts";
import { findRun } from "../store/runs.ts";
import type { NewSnapshot } from "../store/snapshots.ts";
import { diskProblem } from "../system/disk-problem.ts";
import { discardLeftovers } from "../system/leftover.ts";
import { pointLatest } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { type HostContext, hostContext } from "./host-context.ts";
import { type BackupControl, type BackupOrder, takeBackup } from "./take-backup.ts";

/** What somebody who watches a run may see, and how they stop it. */
export interface RunObserver {
  readonly onPhase?: (phase: Phase) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly onNote?: (text: string) => void;
  /** Abort it with a Problem as the reason. */
  readonly stop?: AbortSignal;
}

/** Progress goes to SQL at most this often. */
const REPORT_EVERY_MS = 1000;

/** Executes a run that `owner` has claimed. It always ends finished, unless the lease was lost. Returns it as recorded. */
export async function executeRun(
  app: App,
  owner: Owner,
  runId: number,
  observer: RunObserver = {},
): Promise<Run> {
  const run = await requireRun(app, runId);
  const context = await hostContext(app, run.host);
  const keeper = keepLease(app, owner, runId, observer);
  const facts = (problem: Problem) => withNames(factsOf(problem), { HOST: run.host, ID: run.id });
  let outcome: RunOutcome;
  let snapshot: NewSnapshot | null = null;
  try {
    const made = await takeBackup(app, context, await orderOf(app, run), keeper.control);
    snapshot = made.snapshot;
    const warnings = made.warnings.map(facts);
    outcome = { status: made.snapshot.status, problem: null, warnings, stats: made.stats };
  } catch (error) {
    const problem = keeper.reason() ?? asProblem(diskProblem(error));
    outcome = { status: failureStatus(problem), problem: facts(problem), warnings: [], stats: null };
  } finally {
    keeper.release();
  }
  await keeper.idle();
  // One that slept past its lease must not remove what its successor is writing. A database that lies on the full disk
  // cannot be asked; then nobody else can have claimed the host either.
  const isFull =
    outcome.problem?.code === "server_disk_full" || outcome.problem?.code === "server_inodes_full";
  const isOurs = await renewLease(app.db, runId, owner).catch(() => isFull);
  if (isOurs && snapshot !== null) await tidyAfter(context, runId, snapshot.name);
  if (isOurs && isFull) await giveRoomBack(context, runId);
  if (!(await finishRun(app.db, runId, owner, outcome, snapshot, app.clock())))
    throw new Problem("lease_lost", `Run ${runId} is not this process's any more.`);
  return requireRun(app, runId);
}

export async function requireRun(app: App, id: number): Promise<Run> {
  const run = await findRun(app.db, id);
  if (run === null)
    throw new Problem("not_found", `There is no run ${id}.`, { hint: "pobsync runs lists them." });
  return run;
}

/** Name and start were decided when the run was claimed, so that a crash can be settled from SQL. */
async function orderOf(app: App, run: Run): Promise<BackupOrder> {
  const { snapshot, startedAt } = run;
  if (snapshot === null || startedAt === null)
    throw new Problem("internal_error", `Run ${run.id} was not claimed before it was executed.`);
  const first = run.retryOf === null ? run : await requireRun(app, run.retryOf);
  return { run: { ...run, snapshot, startedAt }, kind: snapshotKindFor(run.trigger, first.trigger) };
}

const failureStatus = (problem: Problem): FinishedStatus =>
  problem.code === "cancelled" || problem.code === "interrupted" ? "cancelled" : "failed";

/** The snapshot is published: nothing here may take that away, so what cannot be tidied is left for the next run. */
async function tidyAfter({ site, host }: HostContext, runId: number, snapshot: string): Promise<void> {
  await pointLatest(site.backupRoot, host.name, snapshot).catch(() => {});
  await discardLeftovers(site.backupRoot, host.name, runId).catch(() => {});
}

/** A full disk stops every host's backups, so what this one's attempts have filled it with goes, the last one's too. */
async function giveRoomBack({ site, host }: HostContext, runId: number): Promise<void> {
  await discardLeftovers(site.backupRoot, host.name, runId + 1).catch(() => {});
}

interface Keeper {
  readonly control: BackupControl;
  /** Why the run was stopped from outside, or null. */
  readonly reason: () => Problem | null;
  readonly release: () => void;
  /** Resolves when no write of ours is under way. */
  readonly idle: () => Promise<unknown>;
}

/** Renews the lease, writes progress, and turns a request to cancel into an abort. */
function keepLease(app: App, owner: Owner, runId: number, observer: RunObserver): Keeper {
  const stop = new AbortController();
  const abort = (problem: Problem): void => stop.abort(problem);
  const outside = observer.stop;
  if (outside !== undefined) {
    const pass = (): void => abort(asProblem(outside.reason));
    if (outside.aborted) pass();
    else outside.addEventListener("abort", pass, { once: true });
  }
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
    // A database that is away for a moment must not end a transfer; the lease decides.
    writing = step.catch(() => {});
    return step;
  };
  const renew = async (): Promise<void> => {
    if (!(await renewLease(app.db, runId, owner))) lost();
  };
  const reporting = setInterval(() => {
    void report(progress === null ? {} : { progress }).catch(() => {});
  }, REPORT_EVERY_MS);
  const renewing = setInterval(() => void renew().catch(() => {}), (owner.leaseSeconds * 1000) / 4);
  return {
    control: {
      onPhase: async (phase) => {
        observer.onPhase?.(phase);
        await report({ phase });
        stop.signal.throwIfAborted();
      },
      onBase: (baseName) => report({ baseName }),
      onProgress: (seen) => {
        progress = seen;
        observer.onProgress?.(seen);
      },
      note: (text) => observer.onNote?.(text),
      stop: stop.signal,
      requireLease: async () => {
        await renew();
        stop.signal.throwIfAborted();
      },
    },
    reason: () => (stop.signal.aborted ? asProblem(stop.signal.reason) : null),
    release: () => {
      clearInterval(reporting);
      clearInterval(renewing);
    },
    idle: () => writing,
  };
}
