// What attempts of a host left on disk, told apart from what a running one is writing there.
import { runningAmong } from "../store/runs.ts";
import { attemptsOnDisk } from "../system/snapshot-tree.ts";
import type { App } from "./app.ts";

/** Runs that left something in a host's incomplete folder and have ended. The disk is looked at first: what is claimed later is not there yet. */
export async function endedAttempts(app: App, root: string, host: string): Promise<number[]> {
  const onDisk = await attemptsOnDisk(root, host);
  const running = await runningAmong(app.db, onDisk);
  return onDisk.filter((runId) => !running.has(runId));
}
