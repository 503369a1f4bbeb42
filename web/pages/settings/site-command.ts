// The command that says the same as a form.
import { shellWord } from "../../parts/command-line.tsx";
import { type SettingField, type SettingValue, sentValue } from "../../parts/setting-input.tsx";

/** `changes` by their names, as they are typed; null is the default again. */
export function siteCommand(
  changes: Readonly<Record<string, SettingValue>>,
  fields: readonly SettingField[],
): string {
  const words = fields
    .filter(({ name }) => name in changes)
    .flatMap((field) => optionsFor(field, sentValue(changes[field.name] ?? null)));
  return ["pobsync configure-global", ...words].join(" ");
}

function optionsFor({ name, inherit, options, default: usual }: SettingField, value: SettingValue): string[] {
  const option = options.site;
  if (option === null) return [];
  const isCleared = value === null || (Array.isArray(value) && value.length === 0);
  if (isCleared && inherit !== null) return [`--unset ${name}`];
  if (isCleared) return usual === null ? [] : [`${option} ${shellWord(String(usual))}`];
  if (value === false) return [option.replace(/^--/, "--no-")];
  if (value === true) return [option];
  return [value].flat().map((item) => `${option} ${shellWord(String(item))}`);
}
