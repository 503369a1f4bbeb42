// The global configuration: one row, with id 1.

import {
  parseHistoryKeep,
  parseHostKeyPolicy,
  parseLogKeep,
  parseLogLimit,
  parseMaxParallel,
  parseMinFree,
  SITE_DEFAULTS,
  type Site,
} from "../domain/site.ts";
import type { Database } from "./database.ts";
import { storedLayer } from "./stored.ts";

const ONLY_ROW = 1;

/** The site's configuration, or null before `configure-global`. */
export async function findSite(db: Database): Promise<Site | null> {
  const row = await db.sql.selectFrom("settings").selectAll().where("id", "=", ONLY_ROW).executeTakeFirst();
  if (row === undefined) return null;
  return {
    backupRoot: row.backupRoot,
    rootId: row.rootId,
    maxParallel: parseMaxParallel(row.maxParallel),
    minFreePercent: parseMinFree(row.minFreePercent),
    hostKeyPolicy: parseHostKeyPolicy(row.hostKeyPolicy),
    logLimitBytes: parseLogLimit(row.logLimitBytes ?? SITE_DEFAULTS.logLimitBytes),
    logKeepSeconds: parseLogKeep(row.logKeepSeconds ?? SITE_DEFAULTS.logKeepSeconds),
    historyKeepSeconds: parseHistoryKeep(row.historyKeepSeconds),
    settings: storedLayer(row.inherited),
  };
}

/** Writes the whole configuration, new or changed, in the caller's transaction. */
export async function saveSite(db: Database, site: Site, now: Date): Promise<void> {
  const row = {
    backupRoot: site.backupRoot,
    rootId: site.rootId,
    maxParallel: site.maxParallel,
    minFreePercent: String(site.minFreePercent),
    hostKeyPolicy: site.hostKeyPolicy,
    logLimitBytes: site.logLimitBytes,
    logKeepSeconds: site.logKeepSeconds,
    historyKeepSeconds: site.historyKeepSeconds,
    inherited: site.settings,
    updatedAt: now,
  };
  const { sql } = db;
  const updated = await sql.updateTable("settings").set(row).where("id", "=", ONLY_ROW).executeTakeFirst();
  if (updated.numUpdatedRows === 0n)
    await sql
      .insertInto("settings")
      .values({ id: ONLY_ROW, ...row })
      .execute();
}
