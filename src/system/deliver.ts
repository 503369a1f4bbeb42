// Sending a message by way of one channel: over HTTP, or by e-mail, which has a library of its own.
import { type ChannelRequest, requestFor } from "../domain/channel-requests.ts";
import type { ChannelSettings } from "../domain/channel-settings.ts";
import { originOf } from "../domain/channel-words.ts";
import type { Delivery } from "../domain/delivery.ts";
import { DeliveryProblem } from "../domain/delivery-problem.ts";
import { messageOut } from "../domain/fitted-text.ts";
import { hidden, secretsOf } from "../domain/hidden-secrets.ts";
import { judgeAnswer } from "../domain/service-answer.ts";
import { type ExchangeOptions, exchange, OwnNetworkError } from "./http-exchange.ts";
import { networkProblem } from "./network-problem.ts";
import { signed } from "./signed-request.ts";

export type DeliverOptions = Pick<ExchangeOptions, "timeoutMs" | "resolve">;

/**
 * Returns when the service has taken it. Throws a `DeliveryProblem` without anything secret, or the reason of the signal.
 *
 * @param name the channel's, for the words of a problem
 */
export async function deliver(
  name: string,
  settings: ChannelSettings,
  delivery: Delivery,
  signal: AbortSignal | undefined,
  options: DeliverOptions = {},
): Promise<void> {
  const clean = { ...delivery, message: messageOut(delivery.message) };
  if (settings.kind === "email") {
    const { sendMail } = await import("./send-mail.ts");
    return sendMail(name, settings.values, clean, signal, options);
  }
  const request = signed(requestFor(settings, clean), clean.at);
  const secrets = secretsOf(settings);
  const to = `${name} (${settings.kind}, ${originOf(request.url)})`;
  const { allowPrivate } = settings.values;
  const answer = await exchange(request, { ...options, allowPrivate, signal }).catch((error: unknown) => {
    if (signal?.aborted === true) throw signal.reason;
    if (error instanceof OwnNetworkError) throw ownNetwork(name, to, error);
    throw networkProblem(name, to, error, secrets);
  });
  const problem = judgeAnswer(name, to, answer, wants(request), (text) => hidden(text, secrets), clean.at);
  if (problem !== null) throw problem;
}

const wants = ({ wantsContent = false }: ChannelRequest) => ({ content: wantsContent });

const ownNetwork = (name: string, to: string, { address }: OwnNetworkError): DeliveryProblem =>
  new DeliveryProblem(
    "channel_private",
    `The channel ${to} leads to ${address}, which is of this server's own network.`,
    {
      hint: `Nothing was sent. If it is a service of your own, allow it: pobsync configure-channel ${name} --allow-private`,
    },
  );
