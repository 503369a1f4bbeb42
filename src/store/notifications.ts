// The queue of messages: what is to be sent, who sends it, and what became of it.
import type { Selectable } from "kysely";
import type { NoticeItem, Told } from "../domain/alert-notices.ts";
import { LONGEST_WAIT_MS } from "../domain/delivery-retry.ts";
import { fitted } from "../domain/fitted-text.ts";
import { type Channel, MESSAGE_KINDS, type Message, SEVERITIES } from "../domain/notification.ts";
import type { Database } from "./database.ts";
import { isDuplicateKey } from "./database-problem.ts";
import { storedOneOf } from "./stored.ts";
import type { Tables } from "./tables.ts";
import { inTransaction } from "./transaction.ts";

/** As long as the column: a list of all hosts may be longer. */
const BODY_MAX = 10_000;

/** `dropped`: it was needless before it could be sent. */
export const NOTIFICATION_STATES = ["queued", "sent", "failed", "dropped"] as const;
export type NotificationState = (typeof NOTIFICATION_STATES)[number];

export interface Notification {
  readonly id: number;
  readonly channelId: number;
  readonly channel: string;
  readonly message: Message;
  readonly state: NotificationState;
  readonly attempts: number;
  readonly nextAttemptAt: Date;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly error: string | null;
}

const asNotification = (row: Selectable<Tables["notifications"]>): Notification => ({
  ...{ id: row.id, channelId: row.channelId, channel: row.channelName },
  message: {
    kind: storedOneOf(MESSAGE_KINDS, row.kind, "notifications.kind"),
    severity: storedOneOf(SEVERITIES, row.severity, "notifications.severity"),
    ...{ subject: row.subject, body: row.body, host: row.host, code: row.code },
    ...{ since: row.since, url: row.url },
  },
  state: storedOneOf(NOTIFICATION_STATES, row.state, "notifications.state"),
  ...{ attempts: row.attempts, nextAttemptAt: row.nextAttemptAt, createdAt: row.createdAt },
  ...{ sentAt: row.sentAt, error: row.error },
});

export interface NewNotification {
  readonly channel: Pick<Channel, "id" | "name">;
  readonly message: Message;
  /** The alerts that it is about. */
  readonly items: readonly NoticeItem[];
  /** Of what there may be one only. */
  readonly onceKey: string | null;
}

/** Whether somebody has queued the one message of that key. */
export async function wasQueued(db: Database, onceKey: string): Promise<boolean> {
  const row = await db.sql
    .selectFrom("notifications")
    .select("id")
    .where("onceKey", "=", onceKey)
    .executeTakeFirst();
  return row !== undefined;
}

/** Adds a message to the queue. False: another process has done so already. */
export async function queueNotification(
  db: Database,
  { channel, message, items, onceKey }: NewNotification,
  now: Date,
): Promise<boolean> {
  const [only] = items;
  try {
    return await inTransaction(db, async (tx) => {
      const made = await tx
        .insertInto("notifications")
        .values({
          ...{ channelId: channel.id, channelName: channel.name, ...message, onceKey },
          body: fitted(message.body, BODY_MAX),
          alertId: items.length === 1 ? (only?.alert.id ?? null) : null,
          ...{ state: "queued", attempts: 0, nextAttemptAt: now, createdAt: now },
        })
        .executeTakeFirstOrThrow();
      const notificationId = Number(made.insertId);
      for (const { kind, alert } of items) {
        const told = await tx
          .selectFrom("alertNotices")
          .select(({ fn }) => fn.countAll<number>().as("count"))
          .where("alertId", "=", alert.id)
          .where("channelId", "=", channel.id)
          .where("kind", "=", kind)
          .executeTakeFirstOrThrow();
        const row = { alertId: alert.id, channelId: channel.id, kind, severity: alert.severity };
        await tx
          .insertInto("alertNotices")
          .values({ ...row, turn: Number(told.count), notificationId })
          .execute();
      }
      return true;
    });
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** By channel, what was told there about alerts that are open or were cleared after an instant, or is about to be. */
export async function toldAbout(db: Database, clearedAfter: Date): Promise<Map<number, Told[]>> {
  const rows = await db.sql
    .selectFrom("alertNotices")
    .innerJoin("alerts", "alerts.id", "alertNotices.alertId")
    .innerJoin("notifications", "notifications.id", "alertNotices.notificationId")
    .select(["alertNotices.alertId", "alertNotices.channelId", "alertNotices.kind", "alertNotices.severity"])
    .select(["alerts.code", "notifications.code as toldCode"])
    .select(["notifications.createdAt", "notifications.sentAt", "notifications.state"])
    .where(({ or, eb }) =>
      or([eb("alerts.openKey", "is not", null), eb("alerts.clearedAt", ">", clearedAfter)]),
    )
    .where("notifications.state", "in", ["queued", "sent"])
    .execute();
  const told = rows.map((row) => ({
    channelId: row.channelId,
    // An alert may be called something else since, and a message may have waited long for its channel.
    ...{ alertId: row.alertId, code: row.toldCode ?? row.code, at: row.sentAt ?? row.createdAt },
    isWaiting: row.state === "queued",
    kind: storedOneOf(["opened", "reminder", "cleared"], row.kind, "alert_notices.kind"),
    severity: storedOneOf(SEVERITIES, row.severity, "alert_notices.severity"),
  }));
  return Map.groupBy(told, ({ channelId }) => channelId);
}

/**
 * Those that are due, the oldest first. Only a look: claiming decides. One that would wait for longer than any does was put off
 * by a clock that was ahead, and is due.
 */
export async function dueNotifications(db: Database, now: Date, limit: number): Promise<Notification[]> {
  const rows = await db.sql
    .selectFrom("notifications")
    .selectAll()
    .where("state", "=", "queued")
    .where(({ or, eb }) =>
      or([
        eb("nextAttemptAt", "<=", now),
        eb("nextAttemptAt", ">", new Date(now.getTime() + LONGEST_WAIT_MS)),
      ]),
    )
    .where(({ or, eb }) => or([eb("senderUntil", "is", null), eb("senderUntil", "<=", db.dialect.now)]))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(asNotification);
}

/** False: another process sends it. */
export async function claimNotification(
  db: Database,
  { id, attempts }: Notification,
  senderId: string,
  withinSeconds: number,
): Promise<boolean> {
  const result = await db.sql
    .updateTable("notifications")
    .set({ senderId, senderUntil: db.dialect.nowPlus(withinSeconds) })
    .where("id", "=", id)
    .where("state", "=", "queued")
    .where("attempts", "=", attempts)
    .where(({ or, eb }) => or([eb("senderUntil", "is", null), eb("senderUntil", "<=", db.dialect.now)]))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** What came of an attempt. */
export type Attempt =
  /** With an error: some have it, and not all. */
  | { readonly state: "sent"; readonly sentAt: Date; readonly error?: string }
  | { readonly state: "failed" | "dropped"; readonly error: string }
  | { readonly state: "queued"; readonly error: string; readonly nextAttemptAt: Date };

/** Writes what came of it, if it is still ours. */
export async function endAttempt(
  db: Database,
  { id, attempts }: Notification,
  senderId: string,
  attempt: Attempt,
): Promise<void> {
  await db.sql
    .updateTable("notifications")
    .set({ error: null, ...attempt, attempts: attempts + 1, senderId: null, senderUntil: null })
    .where("id", "=", id)
    .where("state", "=", "queued")
    .where("senderId", "=", senderId)
    .execute();
}

/** What waits for a channel is due at once: it was changed, and what kept messages from it may be gone. */
export async function hurryNotifications(db: Database, channelId: number, now: Date): Promise<void> {
  await db.sql
    .updateTable("notifications")
    .set({ nextAttemptAt: now })
    .where("channelId", "=", channelId)
    .where("state", "=", "queued")
    .where("nextAttemptAt", ">", now)
    .execute();
}

/** Whether nothing that a message was to tell holds any more, and none of it is news that something is well. */
export async function isNeedless(db: Database, id: number): Promise<boolean> {
  const rows = await db.sql
    .selectFrom("alertNotices")
    .innerJoin("alerts", "alerts.id", "alertNotices.alertId")
    .select(["alertNotices.kind", "alerts.clearedAt"])
    .where("alertNotices.notificationId", "=", id)
    .execute();
  return rows.length > 0 && rows.every(({ kind, clearedAt }) => kind !== "cleared" && clearedAt !== null);
}

/** Of each of these alerts, the messages about it, the oldest first. */
export async function notificationsAbout(
  db: Database,
  alertIds: readonly number[],
): Promise<Map<number, Notification[]>> {
  if (alertIds.length === 0) return new Map();
  const rows = await db.sql
    .selectFrom("alertNotices")
    .innerJoin("notifications", "notifications.id", "alertNotices.notificationId")
    .selectAll("notifications")
    .select(["alertNotices.alertId as about", "alertNotices.kind as saidKind"])
    .where("alertNotices.alertId", "in", alertIds)
    .orderBy("notifications.id")
    .execute();
  const found = new Map<number, Notification[]>();
  for (const { about, saidKind, ...row } of rows)
    found.set(about, [...(found.get(about) ?? []), asNotification({ ...row, kind: saidKind })]);
  return found;
}
