// What of a channel's settings may be shown, and where they lead, in words.
import { type ChannelSettings, fieldsOf } from "./channel-settings.ts";
import { originOf } from "./channel-words.ts";
import type { SettingValue } from "./setting-form.ts";

export interface ShownSettings {
  /** Where it leads, without anything secret. */
  readonly target: string;
  /** Those that are not secret. */
  readonly values: Readonly<Record<string, SettingValue>>;
  /** The names of secrets that it has. */
  readonly secrets: readonly string[];
}

/** @param mayChange whoever looks may change it, and sees also what lets those who know it read along */
export function shownSettings(settings: ChannelSettings, mayChange: boolean): ShownSettings {
  const all = settings.values as Readonly<Record<string, SettingValue>>;
  const fields = fieldsOf(settings.kind);
  const shown = fields
    .filter(([, { secret }]) => !secret)
    .map(([name, { guarded = false }]) => {
      const value = all[name] ?? null;
      return [name, guarded && !mayChange && value !== null ? veiled(String(value)) : value] as const;
    });
  return {
    target: targetOf({ ...settings, values: { ...all, ...Object.fromEntries(shown) } } as ChannelSettings),
    values: Object.fromEntries(shown),
    secrets: fields.filter(([name, { secret }]) => secret && all[name] !== null).map(([name]) => name),
  };
}

const VEILED_FROM = 8;

/** Enough to tell it from others, where it is long enough not to be guessed from that. */
const veiled = (text: string): string => `${text.length < VEILED_FROM ? "" : text.slice(0, 3)}…`;

function targetOf({ kind, values }: ChannelSettings): string {
  switch (kind) {
    case "email":
      return `${values.to.join(", ")} by way of ${values.server}`;
    case "webhook":
    case "slack":
    case "discord":
      return originOf(values.url);
    case "ntfy":
      return `${values.server}/${values.topic}`;
    case "gotify":
      return values.server;
    case "telegram":
      return `chat ${values.chat}`;
    case "matrix":
      return `${values.room} at ${values.server}`;
    case "apprise":
      return values.key === null ? values.server : `${values.server}/${values.key}`;
    default:
      return kind satisfies never;
  }
}

/** For the audit: secrets only as what became of them. */
export function auditedSettings(
  before: ChannelSettings | null,
  after: ChannelSettings,
): { before: Record<string, unknown>; after: Record<string, unknown> } {
  const old = (before?.values ?? {}) as Readonly<Record<string, SettingValue>>;
  const now = after.values as Readonly<Record<string, SettingValue>>;
  const told = { before: {} as Record<string, unknown>, after: {} as Record<string, unknown> };
  for (const [name, { secret }] of fieldsOf(after.kind)) {
    const was = old[name] ?? null;
    const is = now[name] ?? null;
    if (!secret) {
      told.before[name] = was;
      told.after[name] = is;
    } else if (JSON.stringify(was) !== JSON.stringify(is)) {
      told.before[name] = was === null ? null : "(one)";
      told.after[name] = is === null ? null : "(another)";
    }
  }
  return told;
}

/** Where secrets are sent: whoever changes it must know them, or could have them sent to a server of their own. */
const PLACES = ["server", "url"] as const;

/** Names of secrets that would go to another place than the one they were given for. */
export function strayingSecrets(
  before: ChannelSettings,
  after: ChannelSettings,
  given: Readonly<Record<string, unknown>>,
): string[] {
  const old = before.values as Readonly<Record<string, SettingValue>>;
  const now = after.values as Readonly<Record<string, SettingValue>>;
  const origin = (value: SettingValue | undefined): unknown =>
    typeof value === "string" ? originOf(value) || value : value;
  if (PLACES.every((name) => origin(old[name]) === origin(now[name]))) return [];
  return fieldsOf(after.kind)
    .filter(([name, { secret }]) => secret && now[name] !== null && given[name] === undefined)
    .map(([name]) => name);
}
