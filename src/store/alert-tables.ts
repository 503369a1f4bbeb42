// Tables of what people are told: alerts, the messages about them, where pings go, and who looks after all that.
import { generated, nullable, required } from "./columns.ts";

export const ALERT_TABLES = {
  alerts: {
    id: generated<number>("int"),
    key: required<string>("text"),
    /** The key while the alert is not cleared: at most one at a time is. */
    openKey: nullable<string>("text"),
    code: required<string>("text"),
    hostId: nullable<number>("int"),
    /** The backup server that alone can see it; null: any. */
    node: nullable<string>("text"),
    severity: required<string>("text"),
    message: required<string>("text"),
    hint: required<string>("text"),
    /** The run that shows it; only its number, because runs leave the history. */
    shownByRun: nullable<number>("int"),
    since: nullable<Date>("time"),
    firstSeenAt: required<Date>("time"),
    openedAt: nullable<Date>("time"),
    wellSince: nullable<Date>("time"),
    flaps: required<number>("int"),
    acknowledgedAt: nullable<Date>("time"),
    acknowledgedBy: nullable<string>("text"),
    acknowledgedReason: nullable<string>("text"),
    clearedAt: nullable<Date>("time"),
  },
  /** The queue of messages, and what became of them. A channel is named, too: what was sent outlives it. */
  notifications: {
    id: generated<number>("int"),
    channelId: required<number>("int"),
    channelName: required<string>("text"),
    /** The only alert that it is about; null: several, or none. */
    alertId: nullable<number>("int"),
    kind: required<string>("text"),
    severity: required<string>("text"),
    subject: required<string>("text"),
    body: required<string>("text"),
    host: nullable<string>("text"),
    code: nullable<string>("text"),
    since: nullable<Date>("time"),
    url: nullable<string>("text"),
    /** Of what there may be one only, such as the digest of a day at a channel. */
    onceKey: nullable<string>("text"),
    state: required<string>("text"),
    attempts: required<number>("int"),
    nextAttemptAt: required<Date>("time"),
    /** The process that sends it, until then by the database's clock. */
    senderId: nullable<string>("text"),
    senderUntil: nullable<Date>("time"),
    createdAt: required<Date>("time"),
    sentAt: nullable<Date>("time"),
    error: nullable<string>("text"),
  },
  /** Which alerts a message is about, and how often it was said before. */
  alertNotices: {
    alertId: required<number>("int"),
    channelId: required<number>("int"),
    kind: required<string>("text"),
    turn: required<number>("int"),
    severity: required<string>("text"),
    notificationId: required<number>("int"),
  },
  /** Where pings go: of the site under number 0, of a host under the host's own. */
  pings: {
    id: required<number>("int"),
    hostId: nullable<number>("int"),
    /** What of the address may be shown. */
    shownUrl: required<string>("text"),
    /** Never in the clear: see system/sealing. */
    sealedUrl: required<string>("text"),
    allowPrivate: required<boolean>("bool"),
    brokenSince: nullable<Date>("time"),
    brokenWhy: nullable<string>("text"),
    updatedAt: required<Date>("time"),
  },
  /** Who looks whether something is to be told, and when the next look may be, by the database's clock. */
  watchTurns: {
    name: required<string>("text"),
    watcherId: nullable<string>("text"),
    nextLookAt: required<Date>("time"),
  },
} as const;
