// Presence: a worker or scheduler says that it lives, so that others can say when none does.
import type { Site } from "../domain/site.ts";
import type { Owner } from "../store/run-queue.ts";
import { findSite } from "../store/site.ts";
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

/** What several parts of one answer ask. */
export interface SiteReads {
  readonly site: () => Promise<Site | null>;
  readonly alive: () => Promise<SeenWorker[]>;
}

export const siteReads = (app: App): SiteReads => ({
  site: () => findSite(app),
  alive: () => whoIsAlive(app),
});

/** Each is read once, whoever asks how often. */
export function sharedReads(app: App): SiteReads {
  // Begun by whoever asks first, so that no failure is left without somebody who waits for it.
  let [site, alive]: [ReturnType<SiteReads["site"]> | null, ReturnType<SiteReads["alive"]> | null] = [
    null,
    null,
  ];
  const anew = siteReads(app);
  return {
    site: () => {
      site ??= anew.site();
      return site;
    },
    alive: () => {
      alive ??= anew.alive();
      return alive;
    },
  };
}
