// Sending one message to one channel, once. Whether to try again is up to whoever asked.
import type { Channel, Message } from "../domain/notification.ts";
import type { App } from "./app.ts";
import { openSettings } from "./channel-settings.ts";

/**
 * Returns when the service has taken the message; within 10 seconds over HTTP and 30 by e-mail, or it has failed.
 *
 * Throws a `DeliveryProblem`, which says whether another attempt may help (`mayRetry`) and after how many seconds the
 * service wants it (`retryAfterSeconds`): `channel_unreachable`, `channel_busy`, `channel_refused`, `channel_private`,
 * `channel_sealed`, `not_found`. Nothing in it is secret. Whether the channel is enabled is not asked here.
 *
 * @param deliveryId the same at each attempt of one delivery (Matrix, e-mail and webhooks tell repeats by it); left out,
 *   each call is a delivery of its own
 */
export async function sendMessage(
  app: App,
  channel: Channel,
  message: Message,
  signal?: AbortSignal,
  deliveryId: string = app.randomHex(16),
): Promise<void> {
  const settings = await openSettings(app, channel);
  const { deliver } = await import("../system/deliver.ts");
  await deliver(channel.name, settings, { message, id: deliveryId, at: app.clock() }, signal);
}
