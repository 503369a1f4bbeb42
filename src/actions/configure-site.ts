// Creating or changing the global configuration.
import { countText } from "../domain/count-text.ts";
import { MAIN_NODE } from "../domain/node.ts";
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
  parseSandboxPolicy,
  SITE_DEFAULTS,
  type Site,
} from "../domain/site.ts";
import { listHostsHere } from "../store/hosts.ts";
import { findSite, listNodes, saveSite } from "../store/site.ts";
import { listSnapshots } from "../store/snapshots.ts";
import { initialiseRoot, readMarker } from "../system/backup-root.ts";
import type { App } from "./app.ts";
import { asOne, changedFields, recordAudit } from "./audit.ts";
import type { OnEffects } from "./configure-host.ts";
import { auditedPing, type PingChanges, plannedPing } from "./ping-settings.ts";
import { placeWindows } from "./place-windows.ts";
import { type RetentionEffect, retentionEffects } from "./retention-effect.ts";

/** What was typed; everything that is left out stays as it is. */
export interface SiteChanges extends PingChanges {
  readonly backupRoot?: string;
  readonly maxParallel?: unknown;
  readonly minFreePercent?: unknown;
  readonly hostKeyPolicy?: unknown;
  readonly logLimitBytes?: unknown;
  readonly logKeepSeconds?: unknown;
  readonly historyKeepSeconds?: unknown;
  readonly sandbox?: unknown;
  readonly settings: SettingsLayer;
  readonly unset: readonly SettingName[];
}

/** Checks everything first and writes then, so that a refused change leaves nothing half done. */
export async function configureSite(
  app: App,
  changes: SiteChanges,
  onEffects: OnEffects = () => {},
): Promise<{ site: Site; created: boolean }> {
  const { before, root, wanted, pings, effects } = await plannedChange(app, changes);
  onEffects(effects);
  const rootId = await rootIdFor(app, before, root, changes);
  await requireOwnRoot(app, root, rootId);
  const site: Site = { ...{ node: app.node, isHere: true, backupRoot: root, rootId }, ...wanted };
  const savePings = await pings.sealed();
  await asOne(app, async (tx) => {
    await saveSite(tx.db, site, tx.clock());
    await savePings(tx, null);
    await placeWindows(tx);
    await auditSite(tx, before, site, auditedPing(pings));
  });
  return { site, created: before === null };
}

async function auditSite(
  app: App,
  before: Site | null,
  after: Site,
  pings: ReturnType<typeof auditedPing>,
): Promise<void> {
  const plain = ({ settings, node: _, isHere: __, ...site }: Site) => ({ ...site, ...settings });
  const detail = changedFields(before === null ? pings.before : { ...plain(before), ...pings.before }, {
    ...plain(after),
    ...pings.after,
  });
  if (before !== null && Object.keys(detail).length === 0) return;
  const action = before === null ? "site.created" : "site.changed";
  await recordAudit(app, { action, subjectKind: "site", subject: after.backupRoot, detail });
}

/** Checks a change and tells what its rules of retention would do. Writes nothing. */
export async function previewSiteChange(app: App, changes: SiteChanges): Promise<readonly RetentionEffect[]> {
  return (await plannedChange(app, changes)).effects;
}

async function plannedChange(app: App, changes: SiteChanges) {
  const before = await findSite(app);
  const global = before ?? (await siteOfFirst(app));
  const root = changes.backupRoot === undefined ? before?.backupRoot : parseBackupRoot(changes.backupRoot);
  if (root === undefined)
    throw new Problem("bad_input", "The first configure-global must say where backups live.", {
      hint: "For example: pobsync configure-global --backup-root /mnt/backups/pobsync",
    });
  const said = <T>(given: unknown, parse: (given: unknown) => T, now: T): T =>
    given === undefined ? now : parse(given);
  const current = global ?? SITE_DEFAULTS;
  const wanted = {
    maxParallel: said(changes.maxParallel, parseMaxParallel, current.maxParallel),
    minFreePercent: said(changes.minFreePercent, parseMinFree, current.minFreePercent),
    hostKeyPolicy: said(changes.hostKeyPolicy, parseHostKeyPolicy, current.hostKeyPolicy),
    logLimitBytes: said(changes.logLimitBytes, parseLogLimit, current.logLimitBytes),
    logKeepSeconds: said(changes.logKeepSeconds, parseLogKeep, current.logKeepSeconds),
    historyKeepSeconds: said(changes.historyKeepSeconds, parseHistoryKeep, current.historyKeepSeconds),
    sandbox: said(changes.sandbox, parseSandboxPolicy, current.sandbox),
    settings: changeLayer(global?.settings ?? {}, changes.settings, changes.unset),
  };
  if (wanted.settings.sources !== undefined && wanted.settings.sources.length > 0)
    throw badInput(
      "The sources",
      wanted.settings.sources.join(", "),
      "belong to a host: use configure-host HOST --source PATH.",
    );
  if (wanted.settings.trustGroup !== undefined && wanted.settings.trustGroup !== null)
    throw badInput(
      "The trust group",
      wanted.settings.trustGroup,
      "belongs to a host: use configure-host HOST --trust-group NAME.",
    );
  const pings = await plannedPing(app, changes);
  const effects = await retentionEffects(app, (_, own) => ({
    before: { site: global?.settings ?? {}, own },
    after: { site: wanted.settings, own },
  }));
  return { before, root, wanted, pings, effects };
}

/** What holds on all backup servers, for one that joins the others. The first one has no name. */
async function siteOfFirst(app: App): Promise<Site | null> {
  if (app.node === MAIN_NODE) return null;
  const site = await findSite(app, MAIN_NODE);
  if (site !== null) return site;
  throw new Problem("not_configured", "The first backup server of a database has no name of its own.", {
    hint: `Configure that one first, without POBSYNC_NODE; ${app.node} joins it then.`,
  });
}

/** Two servers that write into the same root would take each other's work apart. */
async function requireOwnRoot(app: App, root: string, rootId: string): Promise<void> {
  const other = (await listNodes(app.db)).find((node) => node.rootId === rootId && node.name !== app.node);
  if (other === undefined) return;
  throw new Problem("bad_input", `${root} is the backup root of the backup server ${other.name}.`, {
    hint: "Each backup server has a root of its own: name another folder.",
  });
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
  const here = new Set((await listHostsHere(app)).map(({ id }) => id));
  const count = (await listSnapshots(app.db, { states: ["complete", "removing"] })).filter(({ hostId }) =>
    here.has(hostId),
  ).length;
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
