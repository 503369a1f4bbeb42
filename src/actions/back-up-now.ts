// A person's backup, executed here.
import type { Run, RunOptions } from "../domain/run.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { findSnapshot } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { disabled } from "./change-run.ts";
import { hostContext } from "./host-context.ts";
import type { RunObserver } from "./keep-lease.ts";
import { runNow } from "./run-now.ts";

export interface BackupResult {
  readonly run: Run;
  readonly snapshot: Snapshot | null;
  /** Names of the snapshots that it removed afterwards, newest first. */
  readonly pruned: readonly string[];
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
  const run = await runNow(app, context, "backup", options, observer);
  const snapshot = run.snapshot === null ? null : await findSnapshot(app.db, context.host.id, run.snapshot);
  return { run, snapshot, pruned: takenAway(run) };
}

/** Names sort by time. */
function takenAway({ result }: Run): string[] {
  const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
  return [...names(result?.removed), ...names(result?.trashed)].sort().reverse();
}
