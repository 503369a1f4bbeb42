// One host with everything that the host page shows of it.
import type { EffectiveSettings } from "../domain/effective-settings.ts";
import type { Site } from "../domain/site.ts";
import { fingerprintOf } from "../system/host-keys.ts";
import type { App } from "./app.ts";
import { hostContext } from "./host-context.ts";
import { type HostSummary, summaries } from "./list-hosts.ts";

export interface HostDetail {
  readonly summary: HostSummary;
  readonly site: Site;
  readonly effective: EffectiveSettings;
  readonly fingerprints: readonly { readonly type: string; readonly fingerprint: string }[];
}

export async function describeHost(app: App, name: string): Promise<HostDetail> {
  const { host, site, effective } = await hostContext(app, name);
  return {
    summary: (await summaries(app))(host),
    site,
    effective,
    fingerprints: host.hostKeys.map((key) => ({ type: key.type, fingerprint: fingerprintOf(key) })),
  };
}
