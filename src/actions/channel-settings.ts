// Sealing what a channel needs, and opening it again.
import { type ChannelSettings, parseChannelSettings } from "../domain/channel-settings.ts";
import { DeliveryProblem } from "../domain/delivery-problem.ts";
import type { Channel } from "../domain/notification.ts";
import { sealedSettingsOf } from "../store/channels.ts";
import { seal, unseal } from "../system/sealing.ts";
import type { App } from "./app.ts";

const about = (name: string): string => `settings of channel ${name}`;

export const sealSettings = (app: App, name: string, { values }: ChannelSettings): Promise<string> =>
  seal(app.secretKeyFile, about(name), JSON.stringify(values));

/** Refuses with `channel_sealed`, or `not_found` where it was removed meanwhile. */
export async function openSettings(
  app: App,
  channel: Pick<Channel, "id" | "name" | "kind">,
): Promise<ChannelSettings> {
  const sealed = await sealedSettingsOf(app.db, channel.id);
  if (sealed === null) throw new DeliveryProblem("not_found", `The channel ${channel.name} was removed.`);
  return openSealed(app, channel, sealed);
}

/** The same of what was read already. */
export async function openSealed(
  app: App,
  { name, kind }: Pick<Channel, "name" | "kind">,
  sealed: string,
): Promise<ChannelSettings> {
  const found = await unseal(app.secretKeyFile, about(name), sealed);
  if (!("text" in found))
    throw new DeliveryProblem(
      "channel_sealed",
      `What the channel ${name} needs to send cannot be opened: ${WHY_NOT[found.why](app.secretKeyFile)}.`,
    );
  return parseChannelSettings(kind, JSON.parse(found.text) as Record<string, unknown>);
}

const WHY_NOT = {
  missing: (file: string) => `there is no secret key at ${file}`,
  "other-key": (file: string) => `it was sealed with another secret key than the one at ${file}`,
  damaged: () => "what the database holds of it is damaged",
} as const;
