// Sending a message to a receiver of the test's own, by way of a channel of any kind.
import { parseChannelSettings } from "../../src/domain/channel-settings.ts";
import { DeliveryProblem } from "../../src/domain/delivery-problem.ts";
import type { ChannelKind, Message } from "../../src/domain/notification.ts";
import { type DeliverOptions, deliver } from "../../src/system/deliver.ts";

export const at = new Date("2026-11-29T18:00:00Z");
export const message: Message = {
  ...{
    kind: "opened",
    severity: "bad",
    subject: "web1 is late",
    body: "No backup since Friday.\nLook at it.",
  },
  ...{ host: "web1", code: "late", since: new Date("2026-11-27T02:15:00Z") },
  url: "https://backup.example.org/hosts/web1",
};

interface Wish extends DeliverOptions {
  readonly told?: Message;
  readonly signal?: AbortSignal;
}

/** It may lead to this machine unless the values say otherwise. */
export const send = (
  kind: ChannelKind,
  values: Record<string, unknown>,
  { told = message, signal, ...more }: Wish = {},
): Promise<void> =>
  deliver(
    "phone",
    parseChannelSettings(kind, { allowPrivate: true, ...values }),
    { message: told, id: "d1", at },
    signal,
    more,
  );

/** Why it did not arrive. @throws Error when it did */
export async function problemOf(sending: Promise<void>): Promise<DeliveryProblem> {
  const error = await sending.then(
    () => null,
    (failure: unknown) => failure,
  );
  if (error instanceof DeliveryProblem) return error;
  throw error ?? new Error("It arrived.");
}
