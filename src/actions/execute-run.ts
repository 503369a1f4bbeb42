// The runner: executes a run that was claimed, to its end. The command line, the worker and the web use this one.
import { asProblem, factsOf, Problem, withNames } from "../domain/problem.ts";
import { retryOf } from "../domain/retry.ts";
import {
  type FinishedStatus,
  isFinished,
  type Run,
  type RunOutcome,
  snapshotKindFor,
} from "../domain/run.ts";
import { finishRun, type RunEnd, renewLease } from "../store/run-lease.ts";
import type { NewRun, Owner } from "../store/run-queue.ts";
import { findRun } from "../store/runs.ts";
import type { NewSnapshot } from "../store/snapshots.ts";
import { diskProblem } from "../system/disk-problem.ts";
import { discardLeftovers } from "../system/leftover.ts";
import { pointLatest } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { endedAttempts } from "./ended-attempts.ts";
import { type HostContext, hostContext } from "./host-context.ts";
import { type Keeper, keepLease, type RunObserver } from "./keep-lease.ts";
import { patiently } from "./patience.ts";
import { beginJournal, type Journal } from "./run-journal.ts";
import { type BackupOrder, takeBackup } from "./take-backup.ts";

/** How long the end of a run is tried to be written while the database is away. */
const FINISH_WITHIN_MS = 600_000;

/** What the work on a run came to. */
interface Work {
  readonly outcome: RunOutcome;
  readonly snapshot: NewSnapshot | null;
}

/** Executes a run that `owner` has claimed. It always ends finished, unless the lease was lost. Returns it as recorded. */
export async function executeRun(
  app: App,
  owner: Owner,
  runId: number,
  observer: RunObserver = {},
): Promise<Run> {
  const run = await requireRun(app, runId);
  const context = await hostContext(app, run.host);
  const journal = beginJournal(app, context, run, observer);
  const keeper = keepLease(app, owner, runId, journal.observer);
  try {
    const work = await workOn(app, context, run, keeper, journal);
    await keeper.silence();
    await journal.end(work.outcome);
    await tidyUp(app, context, owner, runId, work);
    const finishedAt = app.clock();
    const end = { ...work, finishedAt, retry: await nextAttempt(app, runId, work.outcome, finishedAt) };
    if (!(await finish(app, runId, owner, end)))
      throw new Problem(
        "lease_lost",
        `Run ${runId} is not this process's any more.`,
        work.snapshot === null
          ? {}
          : { hint: `Its snapshot ${work.snapshot.name} is whole; whoever settles the run records it.` },
      );
  } finally {
    keeper.release();
  }
  return requireRun(app, runId);
}

export async function requireRun(app: App, id: number): Promise<Run> {
  const run = await findRun(app.db, id);
  if (run === null)
    throw new Problem("not_found", `There is no run ${id}.`, { hint: "pobsync runs lists them." });
  return run;
}

/** Does what the run asks for. Never throws: whatever went wrong is the outcome. */
async function workOn(
  app: App,
  context: HostContext,
  run: Run,
  keeper: Keeper,
  journal: Journal,
): Promise<Work> {
  const facts = (problem: Problem) => withNames(factsOf(problem), { HOST: run.host, ID: run.id });
  try {
    switch (run.kind) {
      case "backup": {
        const control = { ...keeper.control, openLog: journal.openLog };
        const made = await takeBackup(app, context, await orderOf(app, run), control);
        const { status } = made.snapshot;
        const outcome = { status, problem: null, warnings: made.warnings.map(facts), stats: made.stats };
        return { outcome, snapshot: made.snapshot };
      }
      case "restore":
      case "prune":
      case "verify":
      case "discover":
        throw new Problem("unknown_kind_of_run", `This version of pobsync cannot do a ${run.kind}.`);
      default:
        return run.kind satisfies never;
    }
  } catch (error) {
    const problem = keeper.reason() ?? asProblem(diskProblem(error));
    const outcome = { status: failureStatus(problem), problem: facts(problem), warnings: [], stats: null };
    return { outcome, snapshot: null };
  }
}

/** Name and start were decided when the run was claimed, so that a crash can be settled from SQL. */
async function orderOf(app: App, run: Run): Promise<BackupOrder> {
  const { snapshot, startedAt } = run;
  if (snapshot === null || startedAt === null)
    throw new Problem("internal_error", `Run ${run.id} was not claimed before it was executed.`);
  const first = run.retryOf === null ? run : ((await findRun(app.db, run.retryOf)) ?? run);
  return { run: { ...run, snapshot, startedAt }, kind: snapshotKindFor(run.trigger, first.trigger) };
}

const failureStatus = (problem: Problem): FinishedStatus =>
  problem.code === "cancelled" || problem.code === "interrupted" ? "cancelled" : "failed";

/**
 * Whoever slept past its lease must not remove what its successor is writing, so the lease is proved first. A database
 * that lies on the full disk cannot be asked; then nobody else can have claimed the host either.
 */
async function tidyUp(
  app: App,
  { site, host }: HostContext,
  owner: Owner,
  runId: number,
  { outcome, snapshot }: Work,
): Promise<void> {
  const code = outcome.problem?.code;
  const isFull = code === "server_disk_full" || code === "server_inodes_full";
  if (!(await renewLease(app.db, runId, owner).catch(() => isFull))) return;
  const root = site.backupRoot;
  const ended = async (): Promise<number[]> => endedAttempts(app, root, host.name).catch(() => []);
  // The snapshot is published: nothing here may take that away, so what cannot be tidied is left for the next run.
  if (snapshot !== null) {
    await pointLatest(root, host.name, snapshot.name).catch(() => {});
    await discardLeftovers(root, host.name, await ended()).catch(() => {});
  }
  // A full disk stops every host's backups, so what this one's attempts have filled it with goes, the last one's too.
  if (isFull) await discardLeftovers(root, host.name, [runId, ...(await ended())]).catch(() => {});
}

/** The retry that follows a failure, if any. Read anew, because somebody may have cancelled the run meanwhile. */
export async function nextAttempt(
  app: App,
  runId: number,
  { problem }: RunOutcome,
  now: Date,
): Promise<NewRun | null> {
  if (problem === null) return null;
  const run = await patiently(FINISH_WITHIN_MS, () => requireRun(app, runId));
  const retry = retryOf(run, problem, now);
  if (retry === null) return null;
  const { hostId, kind, requestedBy, options } = run;
  return { hostId, kind, trigger: "retry", requestedBy, options, ...retry };
}

/** Writes the end. A commit whose answer got lost was one all the same, and is recognised when it is tried again. */
export async function finish(app: App, runId: number, owner: Owner, end: RunEnd): Promise<boolean> {
  return patiently(FINISH_WITHIN_MS, async () => {
    if (await finishRun(app.db, runId, owner, end)) return true;
    const run = await findRun(app.db, runId);
    return (
      run !== null &&
      isFinished(run.status) &&
      run.status === end.outcome.status &&
      run.finishedAt?.getTime() === end.finishedAt.getTime()
    );
  });
}
