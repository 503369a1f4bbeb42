// Where pings go, in SQL. Addresses are sealed, and opened nowhere in here.
import type { Selectable } from "kysely";
import type { ShownPing } from "../domain/ping.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";

/** The site has a place among the hosts, whose numbers begin with 1. */
const SITE = 0;
/** Longer reasons are cut. */
const WHY_CHARACTERS_MAX = 1000;

export interface StoredPing extends ShownPing {
  /** Null: of the site. */
  readonly hostId: number | null;
  readonly host: string | null;
  readonly sealedUrl: string;
}

const asPing = (row: Selectable<Tables["pings"]> & { readonly name: string | null }): StoredPing => ({
  hostId: row.hostId,
  host: row.name,
  url: row.shownUrl,
  sealedUrl: row.sealedUrl,
  allowPrivate: row.allowPrivate,
  broken: row.brokenSince === null ? null : { since: row.brokenSince, why: row.brokenWhy ?? "" },
});

/** @param hostId null: that of the site */
export async function findPing(db: Database, hostId: number | null): Promise<StoredPing | null> {
  const row = await db.sql
    .selectFrom("pings")
    .leftJoin("hosts", "hosts.id", "pings.hostId")
    .selectAll("pings")
    .select("hosts.name")
    .where("pings.id", "=", hostId ?? SITE)
    .executeTakeFirst();
  return row === undefined ? null : asPing(row);
}

/** Those at which nothing arrives: of the site, and of hosts that are backed up. */
export async function brokenPings(db: Database): Promise<StoredPing[]> {
  const rows = await db.sql
    .selectFrom("pings")
    .leftJoin("hosts", "hosts.id", "pings.hostId")
    .selectAll("pings")
    .select(["hosts.name", "hosts.enabled"])
    .where("pings.brokenSince", "is not", null)
    .orderBy("pings.id")
    .execute();
  return rows.filter(({ hostId, enabled }) => hostId === null || enabled === true).map(asPing);
}

export type PingFacts = Pick<StoredPing, "hostId" | "sealedUrl" | "url" | "allowPrivate">;

/** Makes or changes it; what was known to be broken is tried anew. In the caller's transaction. */
export async function savePing(db: Database, { hostId, url, ...facts }: PingFacts, now: Date): Promise<void> {
  const id = hostId ?? SITE;
  const row = { ...facts, shownUrl: url, brokenSince: null, brokenWhy: null, updatedAt: now };
  const updated = await db.sql.updateTable("pings").set(row).where("id", "=", id).executeTakeFirst();
  if (updated.numUpdatedRows === 0n)
    await db.sql
      .insertInto("pings")
      .values({ id, hostId, ...row })
      .execute();
}

export async function deletePing(db: Database, hostId: number | null): Promise<void> {
  await db.sql
    .deleteFrom("pings")
    .where("id", "=", hostId ?? SITE)
    .execute();
}

/** Nothing arrives at that address since that moment. False: that is known already, or it is another one by now. */
export async function markPingBroken(
  db: Database,
  { hostId, sealedUrl }: StoredPing,
  { since, why }: { readonly since: Date; readonly why: string },
): Promise<boolean> {
  const result = await db.sql
    .updateTable("pings")
    .set({ brokenSince: since, brokenWhy: [...why].slice(0, WHY_CHARACTERS_MAX).join("") })
    .where("id", "=", hostId ?? SITE)
    .where("sealedUrl", "=", sealedUrl)
    .where("brokenSince", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** A ping has arrived there. False: it was not known to be broken. */
export async function markPingWorking(db: Database, { hostId, sealedUrl }: StoredPing): Promise<boolean> {
  const result = await db.sql
    .updateTable("pings")
    .set({ brokenSince: null, brokenWhy: null })
    .where("id", "=", hostId ?? SITE)
    .where("sealedUrl", "=", sealedUrl)
    .where("brokenSince", "is not", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
