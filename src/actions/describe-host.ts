// One host with everything that the host page shows of it.
import type { EffectiveSettings } from "../domain/effective-settings.ts";
import { healthOf } from "../domain/health.ts";
import type { Site } from "../domain/site.ts";
import { newestBackups } from "../store/runs.ts";
import { snapshotCounts } from "../store/snapshots.ts";
import { fingerprintOf } from "../system/host-keys.ts";
import type { App } from "./app.ts";
import { hostContext } from "./host-context.ts";
import type { HostSummary } from "./list-hosts.ts";

export interface HostDetail {
  readonly summary: HostSummary;
  readonly site: Site;
  readonly effective: EffectiveSettings;
  readonly fingerprints: readonly { readonly type: string; readonly fingerprint: string }[];
}

export async function describeHost(app: App, name: string): Promise<HostDetail> {
  const { host, site, effective } = await hostContext(app, name);
  const counts = (await snapshotCounts(app.db)).get(host.id);
  const lastBackup = (await newestBackups(app.db)).get(host.id) ?? null;
  const lastSuccessAt = counts?.finishedAt ?? null;
  const health = healthOf({ enabled: host.enabled, lastSuccessAt, lastBackup }, app.clock());
  return {
    summary: { host, health, lastSuccessAt, lastBackup, snapshotCount: counts?.count ?? 0 },
    site,
    effective,
    fingerprints: host.hostKeys.map((key) => ({ type: key.type, fingerprint: fingerprintOf(key) })),
  };
}
