// Settling what a dead process left: SQL says what it was about to do, the disk says how far it got.
import { anomalyOf } from "../domain/anomaly.ts";
import { factsOf, Problem, parseProblem, withNames } from "../domain/problem.ts";
import type { Run, RunOutcome } from "../domain/run.ts";
import type { SnapshotMetadata } from "../domain/snapshot-metadata.ts";
import { findLock, type HeldRun, listHeldRuns, takeOverRun } from "../store/held-runs.ts";
import type { Owner } from "../store/run-queue.ts";
import type { NewSnapshot } from "../store/snapshots.ts";
import { diskProblem } from "../system/disk-problem.ts";
import { fenceWorkplace } from "../system/leftover.ts";
import { pointLatest, readMetadata } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { finish, nextAttempt, requireRun } from "./execute-run.ts";
import { type HostContext, hostContext, rootHere } from "./host-context.ts";
import { ownProcess } from "./own-process.ts";
import { pingSettled } from "./pings.ts";
import { type Fate, fateOf } from "./run-fate.ts";

/** The run that owns a host when its owner still has a right to it; a lost owner's run is settled first and null returned. */
export async function settleHost(app: App, context: HostContext): Promise<HeldRun | null> {
  const held = await findLock(app.db, context.host.id);
  if (held === null) return null;
  const fate = fateOf(held);
  if (fate === "held") return held;
  const settled = await settle(app, ownProcess(app), held, fate);
  // What is to be done on the host now does not wait until that was told.
  if (settled !== null) void pingSettled(app, settled.run, settled.isRetried);
  return findLock(app.db, context.host.id);
}

/** A run that was settled, and how it ended. */
export interface SettledRun {
  readonly run: Run;
  readonly lostBy: string;
  readonly isRetried: boolean;
}

/**
 * Settles every run whose owner is gone. Of our own runs, those that nobody here executes any more: one that is still
 * being executed notices by itself that it has lost its lease, and ends first.
 *
 * One that cannot be settled keeps none of the others from it; what was wrong is thrown at the end.
 */
export async function settleLostRuns(
  app: App,
  owner: Owner,
  isExecuted: (runId: number) => boolean,
  onSettled: (settled: SettledRun) => void,
): Promise<void> {
  const failures: unknown[] = [];
  for (const held of await listHeldRuns(app.db)) {
    // What lies on another backup server is settled there: only its disk says how far it got.
    if (held.node !== owner.node) continue;
    const isOurs = held.workerId === owner.workerId;
    const fate = isOurs ? (isExecuted(held.runId) ? "held" : "dead") : fateOf(held);
    if (fate === "held") continue;
    try {
      const settled = await settle(app, owner, held, fate);
      if (settled !== null) onSettled(settled);
    } catch (error) {
      failures.push(diskProblem(error));
    }
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * Makes the run ours, then keeps the old owner from publishing, then looks at what is there. In this order nothing can be
 * published that is not recorded, and nothing of a living owner is touched.
 *
 * A snapshot that was published is adopted, and its run ends as that snapshot says. Otherwise the run failed; what a dead
 * process had received stays as a leftover for the next one. Returns null when somebody else was first.
 */
async function settle(
  app: App,
  owner: Owner,
  held: HeldRun,
  fate: Exclude<Fate, "held">,
): Promise<SettledRun | null> {
  const context = await hostContext(app, held.host);
  const { host, site } = context;
  // Without the disk nobody can say whether there is a snapshot, so the run stays as it is until the disk is back.
  const root = await rootHere(site);
  if (!(await takeOverRun(app.db, held, owner, fate === "dead", app.clock()))) return null;
  if (fate === "silent") await fenceWorkplace(root, host.name, held.runId);
  const run = await requireRun(app, held.runId);
  const metadata = run.snapshot === null ? null : await readMetadata(root, host.name, run.snapshot);
  const published = metadata === null || typeof metadata === "string" ? null : metadata;
  const outcome = published === null ? lostOutcome(held) : adoptedOutcome(published, run);
  const snapshot =
    published === null || run.snapshot === null ? null : adopted(host.id, run, run.snapshot, published);
  if (snapshot !== null) await pointLatest(root, host.name, snapshot.name).catch(() => {});
  const finishedAt = app.clock();
  const retry = await nextAttempt(app, run.id, outcome, finishedAt);
  const ended = await finish(app, run.id, owner, { outcome, snapshot, retry, finishedAt });
  if (run.kind === "drill" && fate === "dead") {
    const { sweepDeadDrills } = await import("./drill-run.ts");
    await sweepDeadDrills(app, root, context);
  }
  if (!ended) return null;
  return { run: await requireRun(app, run.id), lostBy: held.workerId, isRetried: retry !== null };
}

function lostOutcome(held: HeldRun): RunOutcome {
  const problem = new Problem(
    "worker_lost",
    `The process ${held.workerId} ended without a word while it did this.`,
  );
  const facts = withNames(factsOf(problem), { HOST: held.host, ID: held.runId });
  return { status: "failed", problem: facts, warnings: [], stats: null };
}

/** A prune that was asked for and did not come to its end is a warning; the next one finishes what it began. */
function adoptedOutcome(published: SnapshotMetadata, run: Run): RunOutcome {
  const warnings = published.warnings.map(parseProblem);
  if (run.options.prune) {
    const unfinished = new Problem(
      "prune_failed",
      "The process ended before it said that old snapshots were removed; the next prune does the rest.",
    );
    warnings.push(withNames(factsOf(unfinished), { HOST: run.host, ID: run.id }));
  }
  const status = warnings.length === 0 ? "succeeded" : "warning";
  return { status, problem: null, warnings, stats: published.stats };
}

const adopted = (hostId: number, run: Run, name: string, metadata: SnapshotMetadata): NewSnapshot => ({
  hostId,
  name,
  kind: metadata.kind,
  status: metadata.status,
  startedAt: metadata.startedAt,
  finishedAt: metadata.finishedAt,
  base: metadata.base,
  files: metadata.stats?.files ?? null,
  bytes: metadata.stats?.bytes ?? null,
  newBytes: metadata.stats?.newBytes ?? null,
  runId: run.id,
  anomaly: anomalyOf(metadata.warnings.map(parseProblem)),
  fakeSuper: metadata.fakeSuper,
});

/** Refuses with `host_busy`, naming who is at work and since when. */
export function busyProblem(host: string, held: HeldRun): Problem {
  return new Problem(
    "host_busy",
    `${host} is being worked on: run ${held.runId} by ${held.workerId}, since ${held.acquiredAt.toISOString()}.`,
    {
      hint: `Wait for it, or look at it: pobsync show-run ${held.runId}`,
    },
  );
}
