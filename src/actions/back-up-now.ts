// A person's backup: make the run, claim it in the same step, execute it here.
import { Problem } from "../domain/problem.ts";
import type { Run, RunOptions } from "../domain/run.ts";
import { type Snapshot, snapshotName } from "../domain/snapshot.ts";
import { enqueueClaimed } from "../store/run-queue.ts";
import { findSnapshot } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { disabled } from "./change-run.ts";
import { executeRun } from "./execute-run.ts";
import { hostContext } from "./host-context.ts";
import type { RunObserver } from "./keep-lease.ts";
import { ownProcess } from "./own-process.ts";
import { busyProblem, settleHost } from "./settle-lost-run.ts";

export interface BackupResult {
  readonly run: Run;
  readonly snapshot: Snapshot | null;
}

/**
 * Backs a host up now and waits for the end.
 *
 * A backup that fails is a result, with its problem in the run. Thrown are the reasons why none was begun:
 * `not_found`, `not_configured`, `host_disabled`, `host_busy`.
 */
export async function backUpNow(
  app: App,
  hostName: string,
  options: RunOptions,
  observer: RunObserver,
): Promise<BackupResult> {
  const context = await hostContext(app, hostName);
  if (!context.host.enabled) throw disabled(hostName);
  const held = await settleHost(app, context);
  if (held !== null) throw busyProblem(hostName, held);
  const owner = ownProcess(app);
  const startedAt = app.clock();
  const claim = {
    startedAt,
    snapshotName: snapshotName({ startedAt, kind: "manual", suffix: app.randomHex(3) }),
  };
  const request = {
    hostId: context.host.id,
    kind: "backup",
    trigger: "manual",
    requestedBy: app.requestedBy,
    options,
  } as const;
  const runId = await enqueueClaimed(app.db, request, owner, claim);
  if (runId === null) {
    const winner = await settleHost(app, context);
    throw winner === null
      ? new Problem("host_busy", `${hostName} was busy a moment ago; try again.`)
      : busyProblem(hostName, winner);
  }
  const run = await executeRun(app, owner, runId, observer);
  const snapshot = run.snapshot === null ? null : await findSnapshot(app.db, context.host.id, run.snapshot);
  return { run, snapshot };
}
