// Presence: a worker or scheduler says that it lives, so that others can say when none does.
import type { Owner } from "../store/run-queue.ts";
import { listWorkers, type SeenWorker, sayAlive, sayGone, type WorkerRole } from "../store/workers.ts";
import { livenessOf } from "../system/process-identity.ts";
import type { App } from "./app.ts";
import { whileDatabaseIsAway } from "./patience.ts";

export interface Presence {
  /** Writes only now and then, so that it can be called every round. */
  readonly sayAlive: () => Promise<void>;
  readonly sayGone: () => Promise<void>;
}

export function presence(app: App, owner: Owner, role: WorkerRole, parallel: number): Presence {
  const { workerId, processIdentity, leaseSeconds, node } = owner;
  const startedAt = app.clock();
  let saidAt = Number.NEGATIVE_INFINITY;
  return {
    sayAlive: async () => {
      if (performance.now() - saidAt < (leaseSeconds * 1000) / 4) return;
      await sayAlive(app.db, { workerId, node, role, processIdentity, parallel }, startedAt);
      saidAt = performance.now();
    },
    sayGone: () => sayGone(app.db, workerId).catch(whileDatabaseIsAway),
  };
}

/** Workers and schedulers that are alive: their process is seen to live, or they said so within a lease's time. */
export async function whoIsAlive(app: App): Promise<SeenWorker[]> {
  const isAlive = ({ processIdentity, silentSeconds }: SeenWorker): boolean => {
    const liveness = livenessOf(processIdentity);
    return liveness === "alive" || (liveness === "unknown" && silentSeconds <= app.leaseSeconds);
  };
  return (await listWorkers(app.db)).filter(isAlive);
}
