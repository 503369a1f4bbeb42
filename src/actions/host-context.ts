// A host together with what holds for it: the first thing that every story about a host looks up.
import { type EffectiveSettings, effectiveSettings } from "../domain/effective-settings.ts";
import type { Host } from "../domain/host.ts";
import type { Identity } from "../domain/identity.ts";
import { Problem } from "../domain/problem.ts";
import type { Site } from "../domain/site.ts";
import { requireHost } from "../store/hosts.ts";
import { findSite, notConfigured } from "../store/site.ts";
import { requireRoot } from "../system/backup-root.ts";
import type { App } from "./app.ts";

export interface HostContext {
  readonly host: Host;
  readonly site: Site;
  readonly effective: EffectiveSettings;
  /** With which key to sign in; left out: the one that is in use. */
  readonly identity?: Identity;
}

/** The global configuration; refuses with `not_configured` before there is one. */
export async function requireSite(app: App): Promise<Site> {
  return siteOn(app, app.node);
}

/** The configuration as it holds on a backup server. Refuses with `not_configured`. */
async function siteOn(app: App, node: string): Promise<Site> {
  const site = await findSite(app, node);
  if (site === null) throw new Problem("not_configured", notConfigured(node));
  return site;
}

/** The root's real path. Refuses with `host_elsewhere` when it is another backup server's, and with `root_not_mounted`. */
export async function rootHere({ node, isHere, backupRoot, rootId }: Site): Promise<string> {
  if (!isHere) throw elsewhere(node);
  return requireRoot(backupRoot, rootId);
}

/** What is kept on another backup server cannot be read or written from here. */
export const elsewhere = (node: string): Problem =>
  new Problem(
    "host_elsewhere",
    `This is kept on the backup server ${node}, and cannot be reached from here.`,
  );

/** `site` is that of the backup server that keeps the host. Refuses with `not_configured` or `not_found`. */
export async function hostContext(app: App, name: string): Promise<HostContext> {
  // Before anything is configured, that is what is wrong, and not that there is no such host.
  const here = await requireSite(app);
  const host = await requireHost(app.db, name);
  const site = host.node === app.node ? here : await siteOn(app, host.node);
  return { host, site, effective: effectiveSettings(site.settings, host.settings) };
}
