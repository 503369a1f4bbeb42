// Effective settings: what holds for a host, and where each value comes from.
import { FIELDS, SETTING_NAMES, type SettingName, type Settings, type SettingsLayer } from "./settings.ts";

export type Origin = "default" | "global" | "host";

/** One value, or one item of a list, with the layer that set it. */
export interface Origined {
  readonly value: string | number | boolean | null;
  readonly origin: Origin;
}

export interface EffectiveSettings {
  readonly values: Settings;
  /** For a scalar one entry, for a list one an item, in the order in which they apply. */
  readonly origins: { readonly [K in SettingName]: readonly Origined[] };
}

/** What nobody wants from a whole machine: kernel views, scratch, caches. Used when `/` itself is a source. */
export const USUAL_EXCLUDES: readonly string[] = [
  "/proc/*",
  "/sys/*",
  "/dev/*",
  "/run/*",
  "/tmp/*",
  "/var/tmp/*",
  "/var/cache/apt/archives/*.deb",
  "/var/lib/lxcfs/*",
  "/root/.cache/*",
  "/home/*/.cache/*",
  "/swapfile",
  "/swap.img",
  "lost+found/",
];

/** Global over defaults, host over global; lists marked `append` add up. */
export function effectiveSettings(global: SettingsLayer, host: SettingsLayer): EffectiveSettings {
  const values: Record<string, unknown> = {};
  const origins: Record<string, readonly Origined[]> = {};
  for (const name of SETTING_NAMES) {
    const entries = originsOf(name, global, host);
    origins[name] = entries;
    values[name] = Array.isArray(FIELDS[name].fallback)
      ? entries.map((entry) => entry.value)
      : entries[0]?.value;
  }
  const sources = values.sources as string[];
  if (sources.length === 0) {
    origins.sources = [{ value: "/", origin: "default" }];
    sources.push("/");
  }
  if (sources.includes("/")) {
    const usual = USUAL_EXCLUDES.map((value) => ({ value, origin: "default" as const }));
    origins.excludes = [...(origins.excludes ?? []), ...usual];
    values.excludes = [...(values.excludes as string[]), ...USUAL_EXCLUDES];
  }
  return { values: values as Settings, origins: origins as EffectiveSettings["origins"] };
}

function originsOf(name: SettingName, global: SettingsLayer, host: SettingsLayer): Origined[] {
  const of = (layer: SettingsLayer, origin: Origin): Origined[] => {
    const value = layer[name];
    if (value === undefined) return [];
    return Array.isArray(value)
      ? value.map((item) => ({ value: item, origin }))
      : [{ value: value as Origined["value"], origin }];
  };
  const fromHost = of(host, "host");
  const fromGlobal = of(global, "global");
  if (FIELDS[name].inherit === "append") return [...fromGlobal, ...fromHost];
  if (fromHost.length > 0 || host[name] !== undefined) return fromHost;
  if (fromGlobal.length > 0 || global[name] !== undefined) return fromGlobal;
  const fallback = FIELDS[name].fallback;
  return Array.isArray(fallback) ? [] : [{ value: fallback as Origined["value"], origin: "default" }];
}
