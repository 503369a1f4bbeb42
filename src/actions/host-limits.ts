// What limits hold for a backup, with what the host takes already.
import type { Limits } from "../domain/limits.ts";
import { listSnapshots } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import type { HostContext } from "./host-context.ts";
import { hostSpace } from "./look-at-space.ts";

/** @param isFirst there is no snapshot to build on */
export async function hostLimits(
  app: App,
  { host, effective }: HostContext,
  isFirst: boolean,
  stop: AbortSignal,
): Promise<Limits> {
  const { quotaBytes, maxNewBytes, maxEntries, maxDurationSeconds } = effective.values;
  const usedBytes = quotaBytes === null ? 0 : await usedBy(app, host, stop);
  return { host: host.name, quotaBytes, maxNewBytes, maxEntries, maxDurationSeconds, usedBytes, isFirst };
}

/** By the catalog. Where that cannot be read, by what each snapshot brought when it was made, which is less after a prune. */
async function usedBy(app: App, host: HostContext["host"], stop: AbortSignal): Promise<number> {
  try {
    return (await hostSpace(app, host.name, { stop })).storedBytes;
  } catch (error) {
    stop.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    const kept = await listSnapshots(app.db, { hostId: host.id, states: ["complete"] });
    return kept.reduce((sum, { newBytes }) => sum + (newBytes ?? 0), 0);
  }
}
