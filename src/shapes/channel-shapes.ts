// From channels to the shapes of the contract.
import type { ShownChannel } from "../actions/list-channels.ts";
import type { Notified } from "../actions/notify-now.ts";
import type { PingTested } from "../actions/test-ping.ts";
import type { ChannelFormJson, ChannelJson, NotifiedJson, NotifiedListJson } from "../contract/types.ts";
import { fieldsOf } from "../domain/channel-settings.ts";
import { CHANNEL_KINDS } from "../domain/notification.ts";
import type { SettingValue } from "../domain/setting-form.ts";

const plain = (value: SettingValue) => (typeof value === "object" && value !== null ? [...value] : value);

export const channelJson = ({ channel, settings, problem }: ShownChannel): ChannelJson => ({
  name: channel.name,
  kind: channel.kind,
  enabled: channel.enabled,
  target: settings?.target ?? null,
  rules: {
    ...channel.rules,
    codes: [...channel.rules.codes],
    hosts: [...channel.rules.hosts],
    tags: [...channel.rules.tags],
  },
  settings:
    settings === null
      ? null
      : Object.fromEntries(Object.entries(settings.values).map(([name, value]) => [name, plain(value)])),
  secrets: [...(settings?.secrets ?? [])],
  broken:
    channel.broken === null ? null : { since: channel.broken.since.toISOString(), why: channel.broken.why },
  problem,
  createdAt: channel.createdAt.toISOString(),
});

export const notifiedJson = ({ channel, problem }: Notified): NotifiedJson => ({
  ...{ channel, delivered: problem === null, problem },
});

export const pingedJson = (ping: PingTested | null): NotifiedListJson["ping"] =>
  ping === null ? null : { delivered: ping.problem === null, problem: ping.problem };

/** What each kind needs to know. */
export const channelForms = (): ChannelFormJson[] =>
  CHANNEL_KINDS.map((kind) => ({
    kind,
    fields: fieldsOf(kind).map(([name, { label, help, form, secret, fallback, choices }]) => ({
      ...{ name, label, help, form, secret, required: fallback === undefined },
      fallback: plain(fallback ?? null),
      choices: choices === undefined ? null : [...choices],
    })),
  }));
