// What the site says of a setting: its value, and whether somebody has said so.

import type { Settings } from "../../api/types.ts";
import type { SettingField, SettingValue } from "../../parts/setting-input.tsx";

export interface SiteValue {
  readonly value: SettingValue;
  /** False: the default holds. */
  readonly isSet: boolean;
}

/** `settings` is null before anything was configured. */
export function siteValueOf(
  settings: Settings | null,
  { name, kind, inherit, default: usual }: SettingField,
): SiteValue {
  if (settings === null) return { value: usual, isSet: false };
  if (inherit === null) {
    const own = (settings as unknown as Record<string, SettingValue>)[name] ?? null;
    const defaults = settings.defaults as Record<string, SettingValue>;
    return { value: own, isSet: !(name in defaults) || own !== defaults[name] };
  }
  const entries = settings.effective[name] ?? [];
  const said = entries.filter(({ origin }) => origin === "global");
  // A default list is not the site's own: hosts inherit it besides.
  if (kind === "list") return { value: said.map(({ value }) => String(value)), isSet: said.length > 0 };
  return { value: (said[0] ?? entries[0])?.value ?? usual, isSet: said.length > 0 };
}

/** What holds of a list besides what the site adds to it. */
export const usualEntries = (settings: Settings | null, { name, kind, inherit }: SettingField): string[] =>
  kind === "list" && inherit === "append"
    ? (settings?.effective[name] ?? [])
        .filter(({ origin }) => origin === "default")
        .map(({ value }) => String(value))
    : [];
