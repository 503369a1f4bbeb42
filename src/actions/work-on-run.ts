// What each kind of run does. Whatever goes wrong is the outcome of the run, never an exception.
import { asProblem, factsOf, Problem, withNames } from "../domain/problem.ts";
import {
  type FinishedStatus,
  type Run,
  type RunOutcome,
  type RunResult,
  snapshotKindFor,
} from "../domain/run.ts";
import { damageProblem, repairedWarnings } from "../domain/verify-verdict.ts";
import { recordSnapshot } from "../store/run-lease.ts";
import { findRun } from "../store/runs.ts";
import type { RunHolder } from "../store/snapshot-removal.ts";
import type { NewSnapshot } from "../store/snapshots.ts";
import { diskProblem } from "../system/disk-problem.ts";
import { pointLatest } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import type { ClearedAway } from "./clear-away.ts";
import { discoverHost } from "./discover-host.ts";
import type { DrillDone } from "./drill-run.ts";
import { type HostContext, rootHere } from "./host-context.ts";
import type { Keeper } from "./keep-lease.ts";
import { patiently } from "./patience.ts";
import { pruneHost } from "./prune-host.ts";
import { pruneTask } from "./prune-task.ts";
import { type RestoreDone, restoreHost } from "./restore-run.ts";
import type { Journal } from "./run-journal.ts";
import { type BackupMade, type BackupOrder, takeBackup } from "./take-backup.ts";
import { verifyHost } from "./verify-host.ts";

/** What the work on a run came to. */
export interface Work {
  readonly outcome: RunOutcome;
  readonly snapshot: NewSnapshot | null;
}

/** One run in execution. */
export interface Task {
  readonly context: HostContext;
  readonly run: Run;
  readonly holder: RunHolder;
  readonly keeper: Keeper;
  readonly journal: Journal;
}

export async function workOn(app: App, task: Task): Promise<Work> {
  try {
    return await doWork(app, task);
  } catch (error) {
    const problem = task.keeper.reason() ?? asProblem(diskProblem(error));
    const outcome = {
      status: failureStatus(problem),
      problem: named(task, problem),
      warnings: [],
      stats: null,
    };
    return { outcome, snapshot: null };
  }
}

async function doWork(app: App, task: Task): Promise<Work> {
  const { run, context, holder, keeper, journal } = task;
  switch (run.kind) {
    case "backup":
      return backUp(app, task);
    case "prune":
      await journal.openLog(await rootHere(context.site));
      return pruneWork(
        task,
        await pruneTask(app, { ...context, holder, control: keeper.control }, run.options),
      );
    case "discover":
      return discoverWork(task, await discover(app, task));
    case "verify":
      return verify(app, task);
    case "restore":
      return restore(app, task);
    case "drill":
      return drill(app, task);
    default:
      return run.kind satisfies never;
  }
}

const named = ({ run }: Task, problem: Problem) =>
  withNames(factsOf(problem), { HOST: run.host, ID: run.id });

const failureStatus = (problem: Problem): FinishedStatus =>
  problem.code === "cancelled" || problem.code === "interrupted" ? "cancelled" : "failed";

async function backUp(app: App, task: Task): Promise<Work> {
  const { run, context, keeper, journal } = task;
  const control = { ...keeper.control, openLog: journal.openLog };
  const made = await takeBackup(app, context, await orderOf(app, run), control);
  const cleared = run.options.prune ? await pruneAfter(app, task, made) : null;
  const warnings = [...made.warnings, ...(cleared?.warnings ?? [])].map((problem) => named(task, problem));
  const status = warnings.length === 0 ? "succeeded" : "warning";
  return {
    outcome: { status, problem: null, warnings, stats: made.stats, result: cleared?.result ?? null },
    snapshot: made.snapshot,
  };
}

/** Name and start were decided when the run was claimed, so that a crash can be settled from SQL. */
async function orderOf(app: App, run: Run): Promise<BackupOrder> {
  const { snapshot, startedAt } = run;
  if (snapshot === null || startedAt === null)
    throw new Problem("internal_error", `Run ${run.id} was not claimed before it was executed.`);
  const first = run.retryOf === null ? run : ((await findRun(app.db, run.retryOf)) ?? run);
  return { run: { ...run, snapshot, startedAt }, kind: snapshotKindFor(run.trigger, first.trigger) };
}

/** The new snapshot is on record before anything is planned, and safe whatever comes of the prune: that is a warning at most. */
async function pruneAfter(
  app: App,
  task: Task,
  { snapshot }: BackupMade,
): Promise<{ warnings: readonly Problem[]; result: RunResult | null }> {
  const { run, context, holder, keeper } = task;
  const { maxDelete, overrideHold } = run.options;
  const lost = new Problem("lease_lost", `Run ${run.id} is not this process's any more.`);
  try {
    const isOurs = await patiently(holder.owner.leaseSeconds * 1000, () =>
      recordSnapshot(app.db, run.id, holder.owner, snapshot),
    );
    if (!isOurs) throw lost;
    // Before the one that it pointed at until now may go.
    await pointLatest(context.site.backupRoot, context.host.name, snapshot.name);
    const removal = { ...context, holder, control: keeper.control };
    const cleared = await pruneHost(app, removal, { maxDelete, overrideHold, justBackedUp: true });
    return { warnings: failuresOf(cleared), result: resultOf(cleared) };
  } catch (error) {
    const problem = keeper.reason() ?? asProblem(diskProblem(error));
    const isOwnReason = ["pruning_held", "too_many_to_delete", "no_policy", "snapshots_missing"].includes(
      problem.code,
    );
    const warning = isOwnReason
      ? problem
      : new Problem("prune_failed", `Old snapshots were not removed: ${problem.message}`, {
          detail: problem.detail,
          cause: problem,
        });
    return { warnings: [warning], result: null };
  }
}

async function discover(app: App, { context, run, holder, keeper, journal }: Task) {
  await journal.openLog(await rootHere(context.site));
  return discoverHost(app, context, run, holder, keeper.control);
}

function discoverWork(task: Task, { warnings, result }: Awaited<ReturnType<typeof discoverHost>>): Work {
  const outcome: RunOutcome = {
    status: warnings.length === 0 ? "succeeded" : "warning",
    ...{ problem: null, warnings: warnings.map((problem) => named(task, problem)), stats: null },
    result: { ...result },
  };
  return { outcome, snapshot: null };
}

function pruneWork(task: Task, cleared: ClearedAway): Work {
  const [problem = null] = failuresOf(cleared);
  const outcome: RunOutcome = {
    status: problem === null ? "succeeded" : "failed",
    problem: problem === null ? null : named(task, problem),
    ...{ warnings: [], stats: null, result: resultOf(cleared) },
  };
  return { outcome, snapshot: null };
}

const resultOf = ({ removed, trashed, freedBytes }: ClearedAway): RunResult => ({
  removed,
  trashed,
  freedBytes,
});

const failuresOf = ({ failures }: ClearedAway): Problem[] =>
  failures.length === 0
    ? []
    : [
        new Problem(
          "prune_failed",
          `${failures.length} of the snapshots that should go could not be removed.`,
          {
            detail: failures.join("\n"),
          },
        ),
      ];

async function verify(app: App, task: Task): Promise<Work> {
  const { context, run, keeper, journal } = task;
  const log = await journal.openLog(await rootHere(context.site));
  const { result, warnings } = await verifyHost(app, context, run, keeper.control, log);
  const problem = damageProblem(result);
  const all = [...warnings, ...repairedWarnings(result)].map((warning) => named(task, warning));
  const outcome: RunOutcome = {
    status: problem !== null ? "failed" : all.length > 0 ? "warning" : "succeeded",
    problem: problem === null ? null : named(task, problem),
    ...{ warnings: all, stats: null, result: { ...result } },
  };
  return { outcome, snapshot: null };
}

async function restore(app: App, task: Task): Promise<Work> {
  const { context, run, keeper, journal } = task;
  const log = await journal.openLog(await rootHere(context.site));
  return restoreWork(task, await restoreHost(app, context, run, keeper.control, log));
}

/** Loaded when it is wanted: most that works makes backups. */
async function drill(app: App, task: Task): Promise<Work> {
  const log = await task.journal.openLog(await rootHere(task.context.site));
  const { drillHost } = await import("./drill-run.ts");
  return restoreWork(task, await drillHost(app, task.context, task.run, task.keeper.control, log));
}

function restoreWork(task: Task, { problem, warnings, result }: RestoreDone | DrillDone): Work {
  const outcome: RunOutcome = {
    status: problem !== null ? failureStatus(problem) : warnings.length === 0 ? "succeeded" : "warning",
    problem: problem === null ? null : named(task, problem),
    ...{ warnings: warnings.map((warning) => named(task, warning)), stats: null, result: { ...result } },
  };
  return { outcome, snapshot: null };
}
