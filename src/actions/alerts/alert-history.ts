// What people see of alerts: those that are open, those that were, and who was told when. And that somebody has seen one.
import type { Alert } from "../../domain/alert.ts";
import { parseLine } from "../../domain/one-line.ts";
import { Problem } from "../../domain/problem.ts";
import { type AlertPage, acknowledgeAlert, findAlert, listAlerts } from "../../store/alerts.ts";
import { type Notification, notificationsAbout } from "../../store/notifications.ts";
import type { App } from "../app.ts";
import { asOne, recordAudit } from "../audit.ts";

/** An alert with the messages about it, the oldest first. */
export interface ToldAlert {
  readonly alert: Alert;
  readonly notifications: readonly Notification[];
}

const REASON_CHARACTERS_MAX = 200;

/** The newest first. */
export async function alertHistory(
  app: App,
  page: AlertPage,
): Promise<{ items: ToldAlert[]; next: number | null }> {
  const { items, next } = await listAlerts(app.db, page);
  const about = await notificationsAbout(
    app.db,
    items.map(({ id }) => id),
  );
  return { items: items.map((alert) => ({ alert, notifications: about.get(alert.id) ?? [] })), next };
}

/**
 * Somebody has seen it: nobody is reminded of it any more. That it is over is told all the same. Acknowledging again changes
 * nothing. Refuses with `not_found` what there is not, and with `alert_over` what is over.
 */
export async function acknowledge(app: App, id: number, reason: unknown = null): Promise<ToldAlert> {
  const words = reason === null ? null : parseLine("The reason", reason, REASON_CHARACTERS_MAX);
  const seen = await findAlert(app.db, id);
  if (seen === null || seen.openedAt === null)
    throw new Problem("not_found", `There is no alert ${id}.`, { hint: "pobsync alerts --all lists them." });
  if (seen.clearedAt !== null) throw new Problem("alert_over", `The alert ${id} is over.`);
  await asOne(app, async (tx) => {
    const acknowledged = { at: tx.clock(), by: tx.actor.name, reason: words };
    if (!(await acknowledgeAlert(tx.db, id, acknowledged))) return;
    const detail = { code: seen.code, host: seen.host, reason: words };
    await recordAudit(tx, {
      action: "alert.acknowledged",
      subjectKind: "alert",
      subject: String(id),
      detail,
    });
  });
  const alert = (await findAlert(app.db, id)) ?? seen;
  return { alert, notifications: (await notificationsAbout(app.db, [id])).get(id) ?? [] };
}
