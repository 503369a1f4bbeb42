// Alerts in SQL: those that are open or begin, and the history of the others.
import type { Selectable } from "kysely";
import type { Alert, AlertFacts, AlertPlan } from "../domain/alert.ts";
import { factsOfCondition } from "../domain/alert.ts";
import { FLAPPING_WITHIN_MS } from "../domain/condition.ts";
import { SEVERITIES } from "../domain/notification.ts";
import type { Database } from "./database.ts";
import { isDuplicateKey } from "./database-problem.ts";
import { storedOneOf } from "./stored.ts";
import type { Tables } from "./tables.ts";

type AlertRow = Selectable<Tables["alerts"]> & { host: string | null };

const asAlert = (row: AlertRow): Alert => ({
  id: row.id,
  key: row.key,
  code: row.code,
  hostId: row.hostId,
  host: row.host,
  node: row.node,
  severity: storedOneOf(SEVERITIES, row.severity, "alerts.severity"),
  message: row.message,
  hint: row.hint,
  run: row.shownByRun,
  since: row.since,
  seenAt: row.firstSeenAt,
  openedAt: row.openedAt,
  wellSince: row.wellSince,
  flaps: row.flaps,
  acknowledged:
    row.acknowledgedAt === null
      ? null
      : { at: row.acknowledgedAt, by: row.acknowledgedBy, reason: row.acknowledgedReason },
  clearedAt: row.clearedAt,
});

const alertsWithHosts = ({ sql }: Database) =>
  sql
    .selectFrom("alerts")
    .leftJoin("hosts", "hosts.id", "alerts.hostId")
    .selectAll("alerts")
    .select("hosts.name as host");

/** All that are not cleared, also those whose grace is not over; the oldest first. */
export async function liveAlerts(db: Database): Promise<Alert[]> {
  const rows = await alertsWithHosts(db)
    .where("alerts.openKey", "is not", null)
    .orderBy("alerts.id")
    .execute();
  return rows.map(asAlert);
}

/** Those that were cleared after an instant; the oldest first. */
export async function clearedAlerts(db: Database, since: Date): Promise<Alert[]> {
  const rows = await alertsWithHosts(db).where("alerts.clearedAt", ">", since).orderBy("alerts.id").execute();
  return rows.map(asAlert);
}

export async function findAlert(db: Database, id: number): Promise<Alert | null> {
  const row = await alertsWithHosts(db).where("alerts.id", "=", id).executeTakeFirst();
  return row === undefined ? null : asAlert(row);
}

export interface AlertPage {
  /** Whether those that are over are wanted, too. */
  readonly all: boolean;
  readonly limit: number;
  /** Only older ones than this. */
  readonly before?: number | undefined;
}

/** Those that were opened, the newest first. `next` is the `before` of the page after it. */
export async function listAlerts(
  db: Database,
  { all, limit, before }: AlertPage,
): Promise<{ items: Alert[]; next: number | null }> {
  const rows = await alertsWithHosts(db)
    .where("alerts.openedAt", "is not", null)
    .$if(!all, (query) => query.where("alerts.openKey", "is not", null))
    .$if(before !== undefined, (query) => query.where("alerts.id", "<", before ?? 0))
    .orderBy("alerts.id", "desc")
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(asAlert);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** How many are open, and how many of those nobody has acknowledged. */
export async function countAlerts(db: Database): Promise<{ open: number; unacknowledged: number }> {
  const row = await db.sql
    .selectFrom("alerts")
    .select(({ fn }) => [
      fn.countAll<number>().as("open"),
      fn.count<number>("acknowledgedAt").as("acknowledged"),
    ])
    .where("openKey", "is not", null)
    .where("openedAt", "is not", null)
    .executeTakeFirstOrThrow();
  const open = Number(row.open);
  return { open, unacknowledged: open - Number(row.acknowledged) };
}

const acknowledgedColumns = ({ at, by, reason }: NonNullable<Alert["acknowledged"]>) => ({
  ...{ acknowledgedAt: at, acknowledgedBy: by, acknowledgedReason: reason },
});

const COLUMNS_MAX = { message: 2000, hint: 2000 };

const columnsOf = ({ run, message, hint, ...facts }: AlertFacts) => ({
  ...facts,
  message: message.slice(0, COLUMNS_MAX.message),
  hint: hint.slice(0, COLUMNS_MAX.hint),
  shownByRun: run,
});

/** What fits, as it is stored: so that what is long does not look changed at each look. */
export const fittingFacts = <F extends Pick<AlertFacts, "message" | "hint">>(facts: F): F => ({
  ...facts,
  message: facts.message.slice(0, COLUMNS_MAX.message),
  hint: facts.hint.slice(0, COLUMNS_MAX.hint),
});

/** Writes what was planned. What somebody else has done meanwhile stays as it is. */
export async function applyAlertPlan(db: Database, plan: AlertPlan, now: Date): Promise<void> {
  const { sql } = db;
  const live = (ids: readonly number[]) =>
    sql.updateTable("alerts").where("id", "in", ids).where("openKey", "is not", null);
  for (const { id, facts } of plan.say) await live([id]).set(columnsOf(facts)).execute();
  if (plan.unseen.length > 0)
    await live(plan.unseen)
      .set({ acknowledgedAt: null, acknowledgedBy: null, acknowledgedReason: null })
      .execute();
  if (plan.restart.length > 0) {
    await live(plan.restart).where("openedAt", "is", null).set({ firstSeenAt: now }).execute();
    await live(plan.restart).where("wellSince", "is not", null).set({ wellSince: now }).execute();
  }
  if (plan.back.length > 0)
    await live(plan.back)
      .where("wellSince", "is not", null)
      .set(({ eb }) => ({ wellSince: null, flaps: eb("flaps", "+", 1) }))
      .execute();
  if (plan.open.length > 0)
    await live(plan.open).where("openedAt", "is", null).set({ openedAt: now }).execute();
  if (plan.well.length > 0)
    await live(plan.well).where("wellSince", "is", null).set({ wellSince: now }).execute();
  if (plan.clear.length > 0) await live(plan.clear).set({ clearedAt: now, openKey: null }).execute();
  if (plan.forget.length > 0)
    await sql.deleteFrom("alerts").where("id", "in", plan.forget).where("openedAt", "is", null).execute();
  for (const { condition, flaps, opens } of plan.begin) {
    const { key, hostId, node } = condition;
    const times = { firstSeenAt: now, openedAt: opens ? now : null };
    const seen = condition.acknowledged === undefined ? {} : acknowledgedColumns(condition.acknowledged);
    const row = { ...{ key, openKey: key, hostId, node, flaps }, ...columnsOf(factsOfCondition(condition)) };
    try {
      await sql
        .insertInto("alerts")
        .values({ ...row, ...times, ...seen })
        .execute();
    } catch (error) {
      // Another process was first.
      if (!isDuplicateKey(error)) throw error;
    }
  }
}

/** Of each key whose newest alert was cleared not long ago, how often that had come back. */
export async function flappedLately(db: Database, now: Date): Promise<Map<string, number>> {
  const rows = await db.sql
    .selectFrom("alerts")
    .select(["key", "flaps"])
    .where("clearedAt", ">", new Date(now.getTime() - FLAPPING_WITHIN_MS))
    .orderBy("id")
    .execute();
  return new Map(rows.map(({ key, flaps }) => [key, flaps]));
}

/** False: it is not open any more, or somebody has acknowledged it before. */
export async function acknowledgeAlert(
  db: Database,
  id: number,
  acknowledged: NonNullable<Alert["acknowledged"]>,
): Promise<boolean> {
  const result = await db.sql
    .updateTable("alerts")
    .set(acknowledgedColumns(acknowledged))
    .where("id", "=", id)
    .where("openKey", "is not", null)
    .where("acknowledgedAt", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** The same for all that are open, or about to be, under some keys. Those that somebody has acknowledged before stay so. */
export async function acknowledgeAlertsAbout(
  db: Database,
  keys: readonly string[],
  acknowledged: NonNullable<Alert["acknowledged"]>,
): Promise<void> {
  await db.sql
    .updateTable("alerts")
    .set(acknowledgedColumns(acknowledged))
    .where("openKey", "in", keys)
    .where("acknowledgedAt", "is", null)
    .execute();
}

/** What was acknowledged under some keys has become worse: people are reminded again. */
export async function remindAgain(db: Database, keys: readonly string[]): Promise<void> {
  await db.sql
    .updateTable("alerts")
    .set({ acknowledgedAt: null, acknowledgedBy: null, acknowledgedReason: null })
    .where("openKey", "in", keys)
    .where("acknowledgedAt", "is not", null)
    .execute();
}

/** Alerts that were over before, and messages that were made before, leave the history. */
export async function forgetOldAlerts({ sql }: Database, before: Date): Promise<void> {
  await sql.deleteFrom("alerts").where("clearedAt", "<", before).execute();
  await sql
    .deleteFrom("notifications")
    .where("createdAt", "<", before)
    .where("state", "!=", "queued")
    .execute();
}
