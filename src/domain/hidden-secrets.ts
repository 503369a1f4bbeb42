// Secrets taken out of what others say: a service may repeat in its answer what it was sent.
import { type ChannelSettings, fieldsOf } from "./channel-settings.ts";
import type { SettingValue } from "./setting-form.ts";

const HIDDEN = "(hidden)";
/** Shorter ones would make any text unreadable, and are no secrets. */
const CHARACTERS_MIN = 4;

/** Every text that must not be said: whole values, and the parts of addresses and headers that give access. */
export function secretsOf({ kind, values }: ChannelSettings): string[] {
  const known = values as Readonly<Record<string, SettingValue>>;
  const given = fieldsOf(kind)
    .filter(([, { secret }]) => secret)
    .flatMap(([name]) => known[name] ?? [])
    .filter((value) => typeof value === "string");
  return secretTexts(given);
}

/** The same of values that are secret as a whole. */
export function secretTexts(given: readonly string[]): string[] {
  const parts = given.flatMap((value) => [value, ...partsOf(value)]);
  return [...new Set(parts.flatMap(writings))]
    .filter((text) => text.length >= CHARACTERS_MIN)
    .sort((a, b) => b.length - a.length);
}

function partsOf(value: string): string[] {
  if (!URL.canParse(value)) return value.split(/[\s:,;"'{}=&]+/).filter((word) => word.length >= 8);
  const { username, password, pathname, search, searchParams } = new URL(value);
  const path = pathname.split("/").filter((part) => part.length >= 8);
  return [username, password, `${pathname}${search}`, search, ...searchParams.values(), ...path];
}

/** As a service may write it. */
const writings = (text: string): string[] => [
  text,
  encodeURIComponent(text),
  JSON.stringify(text).slice(1, -1),
  base64(text),
  base64(`\0${text}`),
];

const base64 = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text))).replace(/=+$/, "");

export const hidden = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
