// Whether whoever executes a run still lives.
import { type HeldRun, listHeldRuns } from "../store/held-runs.ts";
import { livenessOf } from "../system/process-identity.ts";
import type { App } from "./app.ts";

/** Whether a run's owner is gone: known to be dead, or silent for longer than its lease. */
export type Fate = "held" | "dead" | "silent";

export function fateOf(held: HeldRun): Fate {
  // Without a lease nobody knows whether its process lives.
  if (held.processIdentity === null) return "silent";
  if (livenessOf(held.processIdentity) === "dead") return "dead";
  return held.expired ? "silent" : "held";
}

/** The ids of a host's runs whose owners live, or may. */
export async function livingRuns(app: App, hostId: number): Promise<Set<number>> {
  const running = await listHeldRuns(app.db);
  return new Set(
    running.filter((held) => held.hostId === hostId && fateOf(held) === "held").map(({ runId }) => runId),
  );
}
