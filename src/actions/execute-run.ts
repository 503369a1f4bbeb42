// The runner: executes a run that was claimed, to its end. The command line, the worker and the web use this one.
import { FILLING } from "../domain/limits.ts";
import { asProblem, Problem } from "../domain/problem.ts";
import { retryOf } from "../domain/retry.ts";
import { isFinished, type Run, type RunOutcome } from "../domain/run.ts";
import { finishRun, type RunEnd, renewLease } from "../store/run-lease.ts";
import type { NewRun, Owner } from "../store/run-queue.ts";
import { findRun } from "../store/runs.ts";
import { discardLeftovers } from "../system/leftover.ts";
import { pointLatest } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { endedAttempts } from "./ended-attempts.ts";
import { type HostContext, hostContext } from "./host-context.ts";
import { indexAfter } from "./index-history.ts";
import { keepLease, type RunObserver } from "./keep-lease.ts";
import { keepLastGood } from "./look-for-anomalies.ts";
import { patiently } from "./patience.ts";
import { pingsOf } from "./pings.ts";
import { beginJournal } from "./run-journal.ts";
import { windowEnd } from "./window-end.ts";
import { type Work, workOn } from "./work-on-run.ts";

/** How long the end of a run is tried to be written while the database is away. */
const FINISH_WITHIN_MS = 600_000;

/** Executes a run that `owner` has claimed. It always ends finished, unless the lease was lost. Returns it as recorded. */
export async function executeRun(
  app: App,
  owner: Owner,
  runId: number,
  observer: RunObserver = {},
): Promise<Run> {
  const run = await requireRun(app, runId);
  const context = await hostContext(app, run.host);
  const window = windowEnd(app, context, run);
  const stop = observer.stop === undefined ? window.over : AbortSignal.any([observer.stop, window.over]);
  const journal = beginJournal(app, context, run, { ...observer, stop });
  const keeper = keepLease(app, owner, runId, journal.observer);
  const pings = pingsOf(app, context.host.id, run);
  let isRetried = false;
  try {
    const work = await workOn(app, { context, run, holder: { runId, owner }, keeper, journal });
    await keeper.silence();
    await journal.end(work.outcome);
    await tidyUp(app, context, owner, runId, work);
    const finishedAt = app.clock();
    const end = { ...work, finishedAt, retry: await nextAttempt(app, runId, work.outcome, finishedAt) };
    isRetried = end.retry !== null;
    if (!(await finish(app, runId, owner, end)))
      throw new Problem(
        "lease_lost",
        `Run ${runId} is not this process's any more.`,
        work.snapshot === null
          ? {}
          : { hint: `Its snapshot ${work.snapshot.name} is whole; whoever settles the run records it.` },
      );
  } finally {
    window.release();
    keeper.release();
  }
  const ended = await requireRun(app, runId);
  const told = pings.ended(ended, isRetried).then((problem) => {
    if (problem !== null) observer.onNote?.(problem.message);
  });
  observer.afterwards?.(told);
  await keepLastGood(app, ended).catch((error: unknown) => {
    observer.onNote?.(
      `The last good snapshot of ${ended.host} could not be pinned: ${asProblem(error).message}`,
    );
  });
  if (ended.kind === "drill" || ended.kind === "verify") await proofAfter(app, context, ended);
  await indexAfter(app, context, ended, observer);
  if (observer.afterwards === undefined) await told;
  return ended;
}

/** The run has ended; what cannot be noted now is looked up by a worker later. */
async function proofAfter(app: App, context: HostContext, ended: Run): Promise<void> {
  const { keepProof } = await import("./keep-proof.ts");
  await keepProof(app, context, ended).catch(() => {});
}

export async function requireRun(app: App, id: number): Promise<Run> {
  const run = await findRun(app.db, id);
  if (run === null)
    throw new Problem("not_found", `There is no run ${id}.`, { hint: "pobsync runs lists them." });
  return run;
}

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
  if (code !== undefined && FILLING.has(code))
    await discardLeftovers(root, host.name, [runId, ...(await ended())]).catch(() => {});
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
  const { hostId, kind, requestedBy, options, byHand } = run;
  return { hostId, kind, trigger: "retry", requestedBy, options, byHand, ...retry };
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
