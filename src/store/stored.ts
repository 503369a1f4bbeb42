// Reading JSON columns back into domain types.
import type { HostKey } from "../domain/host.ts";
import { parseTags } from "../domain/host-tags.ts";
import { parseLayer, type SettingsLayer } from "../domain/settings.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A stored layer of settings. Our own writes are checked, so a bad one means a damaged or hand-edited row: it throws. */
export const storedLayer = (value: unknown): SettingsLayer => parseLayer(isRecord(value) ? value : {});

export function storedHostKeys(value: unknown): HostKey[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) =>
    isRecord(item) && typeof item.type === "string" && typeof item.key === "string"
      ? [{ type: item.type, key: item.key }]
      : [],
  );
}

/** A host's tags as they are stored; it throws at a damaged row. */
export const storedTags = (value: unknown): readonly string[] => parseTags(value ?? []);

/** A stored value that must be one of a known set; anything else is a damaged row. */
export function storedOneOf<T extends string>(known: readonly T[], value: string, column: string): T {
  const found = known.find((item) => item === value);
  if (found === undefined)
    throw new Error(`The column ${column} holds "${value}", which this version does not know.`);
  return found;
}
