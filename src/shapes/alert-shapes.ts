// Alerts, as the contract has them.
import type { ToldAlert } from "../actions/alerts/alert-history.ts";
import type { AlertJson } from "../contract/alerts.ts";
import type { Notification } from "../store/notifications.ts";

const at = (instant: Date | null): string | null => instant?.toISOString() ?? null;

export const alertJson = ({ alert, notifications }: ToldAlert): AlertJson => ({
  ...{ id: alert.id, code: alert.code, host: alert.host, severity: alert.severity },
  ...{ message: alert.message, hint: alert.hint, run: alert.run },
  ...{ since: at(alert.since), openedAt: at(alert.openedAt), wellSince: at(alert.wellSince) },
  acknowledged: alert.acknowledged && { ...alert.acknowledged, at: alert.acknowledged.at.toISOString() },
  clearedAt: at(alert.clearedAt),
  messages: notifications.map(messageJson),
});

const messageJson = (one: Notification): AlertJson["messages"][number] => ({
  ...{ id: one.id, channel: one.channel, kind: one.message.kind, state: one.state, attempts: one.attempts },
  ...{ createdAt: one.createdAt.toISOString(), sentAt: at(one.sentAt), error: one.error },
});
