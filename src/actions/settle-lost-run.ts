// Settling what a dead process left: SQL says what it was about to do, the disk says how far it got.
import { factsOf, Problem, parseProblem } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import type { SnapshotMetadata } from "../domain/snapshot-metadata.ts";
import { findLock, type HeldLock, settleLostRun } from "../store/run-queue.ts";
import type { NewSnapshot } from "../store/snapshots.ts";
import { distrustWorkplace } from "../system/leftover.ts";
import { livenessOf } from "../system/process-identity.ts";
import { pointLatest, readMetadata } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";
import { requireRun } from "./execute-run.ts";
import type { HostContext } from "./host-context.ts";

/** The lock on a host when its owner still has a right to it; a dead owner's run is settled first and null returned. */
export async function settleHost(app: App, context: HostContext): Promise<HeldLock | null> {
  const lock = await findLock(app.db, context.host.id);
  if (lock === null) return null;
  const liveness = livenessOf(lock.processIdentity);
  if (liveness === "alive" || (liveness === "unknown" && !lock.expired)) return lock;
  if (liveness === "unknown") await distrustWorkplace(context.site.backupRoot, context.host.name, lock.runId);
  await settle(app, context, lock);
  return findLock(app.db, context.host.id);
}

/**
 * A snapshot that was published but not recorded is adopted, and its run ends as that snapshot says. Otherwise the run
 * failed; what it had received stays as a leftover for the next one.
 */
async function settle(app: App, { host, site }: HostContext, lock: HeldLock): Promise<void> {
  const run = await requireRun(app, lock.runId);
  const metadata =
    run.snapshot === null ? null : await readMetadata(site.backupRoot, host.name, run.snapshot);
  const published = metadata === null || typeof metadata === "string" ? null : metadata;
  if (run.snapshot === null || published === null) {
    const problem = new Problem(
      "worker_lost",
      `The process ${lock.workerId} ended without a word while it did this.`,
    );
    const outcome = { status: "failed", problem: factsOf(problem), warnings: [], stats: null } as const;
    await settleLostRun(app.db, lock, outcome, null, app.clock());
    return;
  }
  const outcome = {
    status: published.status,
    problem: null,
    warnings: published.warnings.map(parseProblem),
    stats: published.stats,
  };
  await pointLatest(site.backupRoot, host.name, run.snapshot);
  await settleLostRun(app.db, lock, outcome, adopted(host.id, run, run.snapshot, published), app.clock());
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
});

/** Refuses with `host_busy`, naming who is at work and since when. */
export function busyProblem(host: string, lock: HeldLock): Problem {
  return new Problem(
    "host_busy",
    `${host} is being worked on: run ${lock.runId} by ${lock.workerId}, since ${lock.acquiredAt.toISOString()}.`,
    {
      hint: `Wait for it, or look at it: pobsync show-run ${lock.runId}`,
    },
  );
}
