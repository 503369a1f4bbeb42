// Creating or changing the global configuration.
import { countText } from "../domain/count-text.ts";
import { badInput, Problem } from "../domain/problem.ts";
import { changeLayer, type SettingName, type SettingsLayer } from "../domain/settings.ts";
import {
  parseBackupRoot,
  parseHistoryKeep,
  parseHostKeyPolicy,
  parseLogKeep,
  parseLogLimit,
  parseMaxParallel,
  parseMinFree,
  SITE_DEFAULTS,
  type Site,
} from "../domain/site.ts";
import { findSite, saveSite } from "../store/site.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { initialiseRoot, readMarker } from "../system/backup-root.ts";
import type { App } from "./app.ts";
import { asOne, changedFields, recordAudit } from "./audit.ts";
import type { OnEffects } from "./configure-host.ts";
import { type RetentionEffect, retentionEffects } from "./retention-effect.ts";

/** What was typed; everything that is left out stays as it is. */
export interface SiteChanges {
  readonly backupRoot?: string;
  readonly maxParallel?: unknown;
  readonly minFreePercent?: unknown;
  readonly hostKeyPolicy?: unknown;
  readonly logLimitBytes?: unknown;
  readonly logKeepSeconds?: unknown;
  readonly historyKeepSeconds?: unknown;
  readonly settings: SettingsLayer;
  readonly unset: readonly SettingName[];
}

/** Checks everything first and writes then, so that a refused change leaves nothing half done. */
export async function configureSite(
  app: App,
  changes: SiteChanges,
  onEffects: OnEffects = () => {},
): Promise<{ site: Site; created: boolean }> {
  const { before, root, wanted, effects } = await plannedChange(app, changes);
  onEffects(effects);
  const site: Site = { backupRoot: root, rootId: await rootIdFor(app, before, root, changes), ...wanted };
  await asOne(app, async (tx) => {
    await saveSite(tx.db, site, tx.clock());
    await auditSite(tx, before, site);
  });
  return { site, created: before === null };
}

async function auditSite(app: App, before: Site | null, after: Site): Promise<void> {
  const plain = ({ settings, ...site }: Site) => ({ ...site, ...settings });
  const detail = changedFields(before === null ? null : plain(before), plain(after));
  if (before !== null && Object.keys(detail).length === 0) return;
  const action = before === null ? "site.created" : "site.changed";
  await recordAudit(app, { action, subjectKind: "site", subject: after.backupRoot, detail });
}

/** Checks a change and tells what its rules of retention would do. Writes nothing. */
export async function previewSiteChange(app: App, changes: SiteChanges): Promise<readonly RetentionEffect[]> {
  return (await plannedChange(app, changes)).effects;
}

async function plannedChange(app: App, changes: SiteChanges) {
  const before = await findSite(app.db);
  const root = changes.backupRoot === undefined ? before?.backupRoot : parseBackupRoot(changes.backupRoot);
  if (root === undefined)
    throw new Problem("bad_input", "The first configure-global must say where backups live.", {
      hint: "For example: pobsync configure-global --backup-root /mnt/backups/pobsync",
    });
  const said = <T>(given: unknown, parse: (given: unknown) => T, now: T): T =>
    given === undefined ? now : parse(given);
  const current = before ?? SITE_DEFAULTS;
  const wanted = {
    maxParallel: said(changes.maxParallel, parseMaxParallel, current.maxParallel),
    minFreePercent: said(changes.minFreePercent, parseMinFree, current.minFreePercent),
    hostKeyPolicy: said(changes.hostKeyPolicy, parseHostKeyPolicy, current.hostKeyPolicy),
    logLimitBytes: said(changes.logLimitBytes, parseLogLimit, current.logLimitBytes),
    logKeepSeconds: said(changes.logKeepSeconds, parseLogKeep, current.logKeepSeconds),
    historyKeepSeconds: said(changes.historyKeepSeconds, parseHistoryKeep, current.historyKeepSeconds),
    settings: changeLayer(before?.settings ?? {}, changes.settings, changes.unset),
  };
  if (wanted.settings.sources !== undefined && wanted.settings.sources.length > 0)
    throw badInput(
      "The sources",
      wanted.settings.sources.join(", "),
      "belong to a host: use configure-host HOST --source PATH.",
    );
  const effects = await retentionEffects(app, (_, own) => ({
    before: { site: before?.settings ?? {}, own },
    after: { site: wanted.settings, own },
  }));
  return { before, root, wanted, effects };
}

/** The root is touched only when it is named, so that other settings can be changed while the disk is away. */
async function rootIdFor(app: App, before: Site | null, root: string, changes: SiteChanges): Promise<string> {
  if (before === null) return initialiseRoot(root, app.randomHex(16));
  if (changes.backupRoot === undefined) return before.rootId;
  if (root !== before.backupRoot) await requireMovedRoot(app, before, root);
  return initialiseRoot(root, root === before.backupRoot ? before.rootId : app.randomHex(16));
}

/** Recorded snapshots must come along: the new place is right when it is the old root itself, marker and all. */
async function requireMovedRoot(app: App, before: Site, root: string): Promise<void> {
  const count = (await listSnapshots(app.db, { states: ["complete", "removing"] })).length;
  if (count === 0 || (await readMarker(root)) === before.rootId) return;
  throw new Problem(
    "bad_input",
    `${countText(count, "snapshot is", "snapshots are")} recorded in ${before.backupRoot}, and ${root} is not that root moved.`,
    {
      hint:
        `Copy the whole root first, marker included: rsync -aHAXS --numeric-ids ${before.backupRoot}/ ${root}/ ` +
        "Or mount the disk at its old place.",
    },
  );
}
