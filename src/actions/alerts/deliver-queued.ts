// Sending what waits in the queue of messages: each by one process at a time, channel by channel, with an end to every wait.
import { isQuiet, mayWait } from "../../domain/alert-notices.ts";
import { BROKEN_AFTER, nextAttemptAt } from "../../domain/delivery-retry.ts";
import type { Channel } from "../../domain/notification.ts";
import { plainLine } from "../../domain/plain-line.ts";
import { asProblem, Problem } from "../../domain/problem.ts";
import {
  type Attempt,
  claimNotification,
  dueNotifications,
  endAttempt,
  isNeedless,
  type Notification,
} from "../../store/notifications.ts";
import { findSite } from "../../store/site.ts";
import type { App } from "../app.ts";
import { patiently } from "../patience.ts";
import type { Courier } from "./courier.ts";

/** Longer than any service is waited for. */
const SEND_WITHIN_MS = 45_000;
/** The claim of a process that died is over after that time; then another one sends it. */
const CLAIM_SECONDS = 120;
const ENDED_WITHIN_MS = 60_000;
/** Of one look; there is another one within a minute. */
const AT_ONCE_MAX = 100;
/** Those that wait for the end of quiet hours, a few a channel, hide none of the others. */
const LOOKED_AT_MAX = 1000;

/**
 * Sends what is due. A process that dies between sending and writing it down is the one case in which a message comes twice.
 *
 * @param senderId of this process
 */
export async function deliverQueued(
  app: App,
  courier: Courier,
  senderId: string,
  stop: AbortSignal,
): Promise<number> {
  const channels = new Map((await courier.channels(app)).map((channel) => [channel.id, channel]));
  const timeZone = (await findSite(app))?.settings.timeZone ?? "UTC";
  const now = app.clock();
  const isQuietAt = (id: number): boolean => isQuiet(channels.get(id)?.rules.quiet ?? null, timeZone, now);
  const due = (await dueNotifications(app.db, now, LOOKED_AT_MAX)).filter(
    // Its first attempt failed before the quiet hours began; the next one wakes nobody.
    ({ channelId, message }) => !(isQuietAt(channelId) && mayWait(message.kind, message.severity)),
  );
  const byChannel = Map.groupBy(due.slice(0, AT_ONCE_MAX), ({ channelId }) => channelId);
  let sent = 0;
  await Promise.all(
    [...byChannel].map(async ([id, notifications]) => {
      for (const notification of notifications) {
        if (stop.aborted) return;
        if (!(await claimNotification(app.db, notification, senderId, CLAIM_SECONDS))) continue;
        const channel = channels.get(id);
        const attempt = await attemptOne(app, courier, channel, notification, stop);
        // What was sent must be written down, or it is sent again when the claim is over.
        await patiently(ENDED_WITHIN_MS, () => endAttempt(app.db, notification, senderId, attempt));
        if (attempt.state === "sent") sent += 1;
        // Only what has arrived shows it. What was dropped shows nothing: "well again" could be wrong.
        if (channel?.broken != null && attempt.state === "sent" && attempt.error === undefined)
          await courier.markWorking(app, channel);
        // The others of this channel would wait as long for the same service.
        if (attempt.state === "queued") return;
      }
    }),
  );
  return sent;
}

async function attemptOne(
  app: App,
  courier: Courier,
  channel: Channel | undefined,
  notification: Notification,
  stop: AbortSignal,
): Promise<Attempt> {
  if (channel === undefined || !channel.enabled)
    return {
      state: "dropped",
      error: channel === undefined ? "The channel is gone." : "The channel is off.",
    };
  if (await isNeedless(app.db, notification.id))
    return { state: "dropped", error: "All was well again before it could be sent." };
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(SEND_WITHIN_MS)]);
    await bounded(courier.send(app, channel, notification.message, signal, deliveryId(notification)), signal);
    return { state: "sent", sentAt: app.clock() };
  } catch (error) {
    const now = app.clock();
    // A process that is stopped proves nothing about the channel.
    if (stop.aborted)
      return { state: "queued", error: INTERRUPTED, nextAttemptAt: notification.nextAttemptAt };
    const why = plainLine(asProblem(error).message);
    const {
      mayRetry = true,
      retryAfterSeconds = null,
      isDelivered = false,
    } = error as {
      mayRetry?: boolean;
      isDelivered?: boolean;
      retryAfterSeconds?: number | null;
    };
    if (channel.broken === null && (notification.attempts + 1 >= BROKEN_AFTER || !mayRetry || isDelivered))
      await courier.markBroken(app, channel, { since: notification.createdAt, why });
    // Those who have it would get it once more at each attempt.
    if (isDelivered) return { state: "sent", sentAt: now, error: why };
    const next = nextAttemptAt(notification.attempts + 1, now, retryAfterSeconds);
    // What must be mended is tried again as well: somebody may have done so.
    return next === null
      ? { state: "failed", error: why }
      : { state: "queued", error: why, nextAttemptAt: next };
  }
}

const INTERRUPTED =
  "pobsync was stopped while this was sent. It is sent again, so it may come twice where the service knows no repeats.";

/** The same at each attempt, and another one on each site: services take the second message with the same id for a repeat. */
const deliveryId = ({ id, createdAt }: Notification): string =>
  `pobsync-${id}-${createdAt.getTime().toString(36)}`;

/** Also where the sending itself does not listen to the signal. */
async function bounded(sending: Promise<void>, signal: AbortSignal): Promise<void> {
  sending.catch(() => {});
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Problem("channel_broken", "The service did not answer in time."));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    await Promise.race([sending, aborted]);
  } finally {
    if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
  }
}
