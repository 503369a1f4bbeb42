// Channels in SQL. What they need to send is sealed, and opened nowhere in here.
import type { Selectable } from "kysely";
import { parseRules } from "../domain/channel-rules.ts";
import { CHANNEL_KINDS, type Channel } from "../domain/notification.ts";
import type { Database } from "./database.ts";
import { isDuplicateKey } from "./database-problem.ts";
import { storedOneOf } from "./stored.ts";
import type { Tables } from "./tables.ts";

/** Longer reasons are cut. */
const WHY_CHARACTERS_MAX = 1000;

const asChannel = (row: Selectable<Tables["notificationChannels"]>): Channel => ({
  id: row.id,
  name: row.name,
  kind: storedOneOf(CHANNEL_KINDS, row.kind, "notification_channels.kind"),
  enabled: row.enabled,
  rules: parseRules(row.rules as Record<string, unknown>),
  broken: row.brokenSince === null ? null : { since: row.brokenSince, why: row.brokenWhy ?? "" },
  createdAt: row.createdAt,
});

/** All of them by name, those that are switched off too. */
export async function listChannels(db: Database): Promise<Channel[]> {
  const rows = await db.sql.selectFrom("notificationChannels").selectAll().orderBy("name").execute();
  return rows.map(asChannel);
}

export async function findChannel(db: Database, name: string): Promise<Channel | null> {
  const row = await db.sql
    .selectFrom("notificationChannels")
    .selectAll()
    .where("name", "=", name)
    .executeTakeFirst();
  return row === undefined ? null : asChannel(row);
}

/** Null: there is no such channel any more. */
export async function sealedSettingsOf(db: Database, id: number): Promise<string | null> {
  const row = await db.sql
    .selectFrom("notificationChannels")
    .select("sealedSettings")
    .where("id", "=", id)
    .executeTakeFirst();
  return row?.sealedSettings ?? null;
}

export type ChannelFacts = Pick<Channel, "kind" | "enabled" | "rules"> & { readonly sealedSettings: string };

/** False: somebody else made one of that name first. */
export async function insertChannel(
  db: Database,
  name: string,
  facts: ChannelFacts,
  now: Date,
): Promise<boolean> {
  try {
    await db.sql
      .insertInto("notificationChannels")
      .values({ name, ...facts, createdAt: now, updatedAt: now })
      .execute();
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** False: its settings are not what they were when `seen` was read, or it is gone; nothing is changed then. */
export async function updateChannel(
  db: Database,
  id: number,
  seen: string,
  facts: ChannelFacts,
  now: Date,
): Promise<boolean> {
  const result = await db.sql
    .updateTable("notificationChannels")
    .set({ ...facts, updatedAt: now })
    .where("id", "=", id)
    .where("sealedSettings", "=", seen)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function deleteChannel(db: Database, id: number): Promise<boolean> {
  const result = await db.sql.deleteFrom("notificationChannels").where("id", "=", id).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** Nothing arrives there since that moment. False: that is known already, or it is gone; nothing is changed then. */
export async function markChannelBroken(
  db: Database,
  id: number,
  { since, why }: { readonly since: Date; readonly why: string },
): Promise<boolean> {
  const result = await db.sql
    .updateTable("notificationChannels")
    .set({ brokenSince: since, brokenWhy: [...why].slice(0, WHY_CHARACTERS_MAX).join("") })
    .where("id", "=", id)
    .where("brokenSince", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** A message has arrived there. False: it was not known to be broken. */
export async function markChannelWorking(db: Database, id: number): Promise<boolean> {
  const result = await db.sql
    .updateTable("notificationChannels")
    .set({ brokenSince: null, brokenWhy: null })
    .where("id", "=", id)
    .where("brokenSince", "is not", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
