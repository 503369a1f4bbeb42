// A host together with what holds for it: the first thing that every story about a host looks up.
import { type EffectiveSettings, effectiveSettings } from "../domain/effective-settings.ts";
import type { Host } from "../domain/host.ts";
import { Problem } from "../domain/problem.ts";
import type { Site } from "../domain/site.ts";
import { requireHost } from "../store/hosts.ts";
import { findSite } from "../store/site.ts";
import type { App } from "./app.ts";

export interface HostContext {
  readonly host: Host;
  readonly site: Site;
  readonly effective: EffectiveSettings;
}

/** The global configuration; refuses with `not_configured` before there is one. */
export async function requireSite(app: App): Promise<Site> {
  const site = await findSite(app.db);
  if (site === null) throw new Problem("not_configured", "pobsync has no global configuration yet.");
  return site;
}

/** Refuses with `not_configured` or `not_found`. */
export async function hostContext(app: App, name: string): Promise<HostContext> {
  const site = await requireSite(app);
  const host = await requireHost(app.db, name);
  return { host, site, effective: effectiveSettings(site.settings, host.settings) };
}
