// All hosts with what the lists show of each: health, newest snapshot, last run, next due time.
import {
  type DueFacts,
  earliestDue,
  type Health,
  type HealthRule,
  healthBy,
  healthRuleOf,
} from "../domain/health.ts";
import type { Host } from "../domain/host.ts";
import type { Run } from "../domain/run.ts";
import { dueFacts } from "../store/due-facts.ts";
import { listHosts } from "../store/hosts.ts";
import { newestBackups } from "../store/runs.ts";
import { snapshotCounts } from "../store/snapshots.ts";
import type { App } from "./app.ts";

export interface HostSummary {
  readonly host: Host;
  readonly health: Health;
  readonly healthRule: HealthRule;
  readonly lastSuccessAt: Date | null;
  readonly nextDueAt: Date | null;
  readonly lastBackup: Run | null;
  readonly snapshotCount: number;
}

/** Every host, by name. `now` is asked once, so that all are judged at the same instant. */
export async function summariseHosts(app: App): Promise<HostSummary[]> {
  const [summarise, hosts] = await Promise.all([summaries(app), listHosts(app.db)]);
  return hosts.map(summarise);
}

/** Looks up what all hosts have, or those whose ids are given, and returns what sums one of them up. */
export async function summaries(
  app: App,
  hostIds: readonly number[] | null = null,
): Promise<(host: Host) => HostSummary> {
  const [backups, counts, due] = await Promise.all([
    newestBackups(app.db, hostIds),
    snapshotCounts(app.db, hostIds),
    dueFacts(app.db, hostIds),
  ]);
  const now = app.clock();
  return (host) =>
    summaryOf(
      host,
      {
        lastBackup: backups.get(host.id) ?? null,
        lastSuccessAt: counts.get(host.id)?.finishedAt ?? null,
        schedules: due.get(host.id) ?? [],
        snapshotCount: counts.get(host.id)?.count ?? 0,
      },
      now,
    );
}

type KnownOfHost = Pick<HostSummary, "lastBackup" | "lastSuccessAt" | "snapshotCount"> & {
  /** Where those stand that are switched on. */
  readonly schedules: readonly DueFacts[];
};

export function summaryOf(host: Host, { schedules, ...known }: KnownOfHost, now: Date): HostSummary {
  const healthRule = healthRuleOf({ enabled: host.enabled, ...known, schedules }, now);
  return {
    ...{ host, healthRule, ...known, health: healthBy(healthRule) },
    nextDueAt: host.enabled ? earliestDue(schedules) : null,
  };
}
