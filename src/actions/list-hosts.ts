// All hosts with what the lists show of each: health, newest snapshot, last run.
import { type Health, healthOf } from "../domain/health.ts";
import type { Host } from "../domain/host.ts";
import type { Run } from "../domain/run.ts";
import { listHosts } from "../store/hosts.ts";
import { newestBackups } from "../store/runs.ts";
import { snapshotCounts } from "../store/snapshots.ts";
import type { App } from "./app.ts";

export interface HostSummary {
  readonly host: Host;
  readonly health: Health;
  readonly lastSuccessAt: Date | null;
  readonly lastBackup: Run | null;
  readonly snapshotCount: number;
}

/** Every host, by name. `now` is asked once, so that all are judged at the same instant. */
export async function summariseHosts(app: App): Promise<HostSummary[]> {
  const [hosts, backups, counts] = [
    await listHosts(app.db),
    await newestBackups(app.db),
    await snapshotCounts(app.db),
  ];
  const now = app.clock();
  return hosts.map((host) => {
    const lastBackup = backups.get(host.id) ?? null;
    const lastSuccessAt = counts.get(host.id)?.finishedAt ?? null;
    const health = healthOf({ enabled: host.enabled, lastSuccessAt, lastBackup }, now);
    return { host, health, lastSuccessAt, lastBackup, snapshotCount: counts.get(host.id)?.count ?? 0 };
  });
}
