// The global configuration: one row, with id 1; and where each backup server of several keeps its backups.

import { MAIN_NODE, type Node } from "../domain/node.ts";
import { Problem } from "../domain/problem.ts";
import type { SettingsLayer } from "../domain/settings.ts";
import {
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
import type { Database } from "./database.ts";
import { storedLayer } from "./stored.ts";

const ONLY_ROW = 1;
/** More places than one backup server may have. */
export const SLOTS_MAX = 1000;

/** A database, and the backup server through whose eyes it is looked at. */
export interface OnNode {
  readonly db: Database;
  readonly node: string;
}

/** The configuration as it holds on a backup server, this one unless another is named; null before its `configure-global`. */
export async function findSite({ db, node }: OnNode, of: string = node): Promise<Site | null> {
  const [row, place] = await Promise.all([
    db.sql.selectFrom("settings").selectAll().where("id", "=", ONLY_ROW).executeTakeFirst(),
    of === MAIN_NODE
      ? null
      : db.sql.selectFrom("nodes").selectAll().where("name", "=", of).executeTakeFirst(),
  ]);
  if (row === undefined || place === undefined) return null;
  const { backupRoot, rootId } = place ?? row;
  return {
    ...{ node: of, isHere: of === node, backupRoot, rootId },
    maxParallel: parseMaxParallel(row.maxParallel),
    minFreePercent: parseMinFree(row.minFreePercent),
    hostKeyPolicy: parseHostKeyPolicy(row.hostKeyPolicy),
    logLimitBytes: parseLogLimit(row.logLimitBytes ?? SITE_DEFAULTS.logLimitBytes),
    logKeepSeconds: parseLogKeep(row.logKeepSeconds ?? SITE_DEFAULTS.logKeepSeconds),
    historyKeepSeconds: parseHistoryKeep(row.historyKeepSeconds),
    sandbox: parseSandboxPolicy(row.sandbox ?? SITE_DEFAULTS.sandbox),
    settings: storedLayer(row.inherited),
  };
}

/** What hosts inherit; nothing before there is a configuration. */
export async function globalLayer(db: Database): Promise<SettingsLayer> {
  const row = await db.sql
    .selectFrom("settings")
    .select("inherited")
    .where("id", "=", ONLY_ROW)
    .executeTakeFirst();
  return storedLayer(row?.inherited);
}

/** Every backup server on this database, the first one first; none before the first `configure-global`. */
export async function listNodes(db: Database): Promise<Node[]> {
  const [first, others] = await Promise.all([
    db.sql
      .selectFrom("settings")
      .select(["backupRoot", "rootId"])
      .where("id", "=", ONLY_ROW)
      .executeTakeFirst(),
    db.sql.selectFrom("nodes").select(["name", "backupRoot", "rootId"]).orderBy("name").execute(),
  ]);
  return first === undefined ? [] : [{ name: MAIN_NODE, ...first }, ...others];
}

/** Places in the queue begin after this number on a backup server, so that each has places of its own. */
export async function firstSlot(db: Database, node: string): Promise<number> {
  if (node === MAIN_NODE) return 0;
  const found = await db.sql.selectFrom("nodes").select("id").where("name", "=", node).executeTakeFirst();
  if (found === undefined) throw new Problem("not_configured", notConfigured(node));
  return found.id * SLOTS_MAX;
}

/** What is said where there is no configuration yet. */
export const notConfigured = (node: string): string =>
  node === MAIN_NODE
    ? "pobsync has no global configuration yet."
    : `The backup server ${node} has no backup root yet.`;

/** Writes the whole configuration, new or changed, in the caller's transaction. */
export async function saveSite(db: Database, site: Site, now: Date): Promise<void> {
  if (site.node !== MAIN_NODE) await saveNode(db, site, now);
  const row = {
    ...(site.node === MAIN_NODE ? { backupRoot: site.backupRoot, rootId: site.rootId } : {}),
    maxParallel: site.maxParallel,
    minFreePercent: String(site.minFreePercent),
    hostKeyPolicy: site.hostKeyPolicy,
    logLimitBytes: site.logLimitBytes,
    logKeepSeconds: site.logKeepSeconds,
    historyKeepSeconds: site.historyKeepSeconds,
    sandbox: site.sandbox,
    inherited: site.settings,
    updatedAt: now,
  };
  const { sql } = db;
  const updated = await sql.updateTable("settings").set(row).where("id", "=", ONLY_ROW).executeTakeFirst();
  if (updated.numUpdatedRows === 0n)
    await sql
      .insertInto("settings")
      .values({ id: ONLY_ROW, ...row, backupRoot: site.backupRoot, rootId: site.rootId })
      .execute();
}

async function saveNode(
  { sql }: Database,
  { node: name, backupRoot, rootId }: Site,
  now: Date,
): Promise<void> {
  const row = { backupRoot, rootId, updatedAt: now };
  const updated = await sql.updateTable("nodes").set(row).where("name", "=", name).executeTakeFirst();
  if (updated.numUpdatedRows === 0n)
    await sql
      .insertInto("nodes")
      .values({ name, ...row })
      .execute();
}
