// Settings of a backup: what each may be, its default, and how a host inherits the global ones.

import { parseBandwidth } from "./bandwidth.ts";
import { parseCheckCommand, parseHook } from "./hook.ts";
import { parseRemoteRsync, parseUser } from "./host-address.ts";
import { parseAbsolutePath, parsePattern, parseServerPath } from "./path-input.ts";
import { badInput } from "./problem.ts";
import { parseCount, parseDuration, parsePercent, parseRate, parseSize } from "./quantity.ts";
import { parseRsyncOption } from "./rsync-option.ts";
import { STREAMS, type Streams } from "./streams.ts";
import { parseWindows } from "./timetable.ts";
import { parseTrustGroup } from "./trust-group.ts";

/** A setting's rule. `replace`: the host's value wins. `append`: the host's items follow the global ones. */
export interface Field<T> {
  readonly inherit: "replace" | "append";
  readonly fallback: T;
  /** Reads what a person typed or what was stored; refuses the rest with a Problem `bad_input`. */
  readonly parse: (given: unknown) => T;
}

const DAY = 86_400;
const KEEP_MAX = 100_000;
const LIST_MAX = 1000;
const BYTES_MAX = 2 ** 50;
const ENTRIES_MAX = 1_000_000_000;

const one = <T>(fallback: T, parse: (given: unknown) => T): Field<T> => ({
  inherit: "replace",
  fallback,
  parse,
});
/** Null says "none" out loud, so that one host can do without what is set for all. */
const optional = <T>(parse: (given: unknown) => T): Field<T | null> =>
  one<T | null>(null, (given) => (given === null ? null : parse(given)));

/** The same, for what a person switches off with a word. */
const orOff = <T>(parse: (given: unknown) => T): Field<T | null> =>
  optional((given) => (given === "off" ? null : parse(given)));

const list = (
  inherit: "replace" | "append",
  what: string,
  parse: (given: unknown) => string,
): Field<readonly string[]> => ({
  inherit,
  fallback: [],
  parse: (given) => {
    if (!Array.isArray(given)) throw badInput(what, given, "is not a list.");
    if (given.length > LIST_MAX) throw badInput(what, `${given.length} items`, `are more than ${LIST_MAX}.`);
    return [...new Set(given.map(parse))];
  },
});

/** A list of times of the week, which is checked as a whole. */
const spans = (
  what: string,
  parse: (given: readonly unknown[]) => readonly string[],
): Field<readonly string[]> =>
  one<readonly string[]>([], (given) => {
    if (!Array.isArray(given)) throw badInput(what, given, "are not a list.");
    return parse(given);
  });

const flag = (what: string): Field<boolean> =>
  one(false, (given) => {
    if (typeof given !== "boolean") throw badInput(what, given, "is neither true nor false.");
    return given;
  });

const keep = (what: string): Field<number | null> =>
  optional((given) => parseCount(what, given, 0, KEEP_MAX));
const seconds = (what: string, min: number, max: number) => (given: unknown) =>
  typeof given === "number" ? parseCount(what, given, min, max) : parseDuration(what, given, min, max);

const bytes = (what: string) => (given: unknown) => parseSize(what, given, 1024, BYTES_MAX);

const zones = new Map<string, string>();
const ZONES_KEPT = 64;

export function parseTimeZone(given: unknown): string {
  const text = typeof given === "string" ? given : "";
  const known = zones.get(text);
  if (known !== undefined) return known;
  try {
    const zone = new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
    // Asking costs as much as reading a whole host, and every host that is read is asked about.
    if (zones.size >= ZONES_KEPT) zones.clear();
    zones.set(text, zone);
    return zone;
  } catch {
    throw badInput("The time zone", given, "is not known; write it as Europe/Amsterdam or UTC.");
  }
}

function parseHookFailure(given: unknown): "fail" | "warn" {
  if (given === "fail" || given === "warn") return given;
  throw badInput("--hook-failure", given, "must be fail or warn.");
}

function parseIncRecursive(given: unknown): "auto" | "on" | "off" {
  if (given === "auto" || given === "on" || given === "off") return given;
  throw badInput("--inc-recursive", given, "must be auto, on or off.");
}

function parseBtrfsSnapshots(given: unknown): "auto" | "off" {
  if (given === "auto" || given === "off") return given;
  throw badInput("--btrfs-snapshots", given, "must be auto or off.");
}

function parseStreams(given: unknown): Streams {
  const found = STREAMS.find((one) => one === String(given));
  if (found !== undefined) return found;
  throw badInput("--streams", given, "must be auto or a number from 1 to 8.");
}

/** Zero switches the limit off, also for one host under a global limit. */
const parseLimit = (given: unknown): number =>
  given === 0 || given === "0" ? 0 : parseRate("The bandwidth limit", given);

export const MAX_DURATION_SECONDS = 14 * DAY;

export const FIELDS = {
  sshUser: one("root", parseUser),
  sshPort: one(22, (given) => parseCount("The port", given, 1, 65_535)),
  /** Null: the keys that ssh itself tries. */
  identityFile: optional((given) => parseServerPath("The identity file", given)),
  remoteRsync: one("rsync", parseRemoteRsync),
  /** Empty: everything below `/`. */
  sources: list("replace", "The sources", (given) => parseAbsolutePath("The source", given)),
  includes: list("append", "The includes", (given) => parsePattern("The include pattern", given)),
  excludes: list("append", "The excludes", (given) => parsePattern("The exclude pattern", given)),
  oneFileSystem: flag("One file system"),
  /** Bytes a second; 0 means no limit. */
  bwlimit: one(0, parseLimit),
  /** By the time of day, as "mon-fri 08:00-18:00=2M"; `bwlimit` holds at all others. */
  bwlimitAt: spans("The timetable of the bandwidth", parseBandwidth),
  /** When the host may be backed up, as "mon-fri 20:00-06:00"; empty: always. */
  windows: spans("The windows", parseWindows),
  /** Ends a backup that is still under way when its window closes; the next attempt goes on from there. */
  windowStop: flag("--window-stop"),
  /** Whether rsync sends its list of files bit by bit; `auto`: unless the host is far away. */
  incRecursive: one<"auto" | "on" | "off">("auto", parseIncRecursive),
  /** How many streams fetch files side by side; `auto`: several where the host is far away. */
  streams: one<Streams>("auto", parseStreams),
  /** Whether a tree begins as a btrfs snapshot of the last one; `auto`: where the backup disk can do that. */
  btrfsSnapshots: one<"auto" | "off">("auto", parseBtrfsSnapshots),
  /** Hosts of one group may use, and read, what is stored of each other. Only of a host. */
  trustGroup: orOff(parseTrustGroup),
  rsyncArgs: list("append", "The rsync options", parseRsyncOption),
  preHook: optional(parseHook),
  postHook: optional(parseHook),
  hookFailure: one<"fail" | "warn">("fail", parseHookFailure),
  hookTimeoutSeconds: one(3600, seconds("The hook timeout", 1, 7 * DAY)),
  /** A transfer in which nothing moved for so long is ended. */
  stallTimeoutSeconds: one(1800, seconds("The stall timeout", 1, 7 * DAY)),
  /** A transfer that takes longer is ended, whatever moves. Null: it may take as long as it likes. */
  maxDurationSeconds: optional(seconds("--max-duration", 1, MAX_DURATION_SECONDS)),
  /** A snapshot with this share fewer files or bytes than the one before gets a warning. */
  maxShrinkPercent: one(50, (given) => parsePercent("The shrink limit", given)),
  /** What all snapshots of a host may take, in bytes of the disk. */
  quotaBytes: optional(bytes("--quota")),
  /** What a backup that has a snapshot to build on may bring, in bytes. */
  maxNewBytes: optional(bytes("--max-new")),
  /** Files that are larger are left out, with a warning. */
  maxFileBytes: optional(bytes("--max-file-size")),
  /** Files, folders and whatever else there is. */
  maxEntries: optional((given) => parseCount("--max-entries", given, 1, ENTRIES_MAX)),
  keepLast: keep("--keep-last"),
  keepHourly: keep("--keep-hourly"),
  keepDaily: keep("--keep-daily"),
  keepWeekly: keep("--keep-weekly"),
  keepMonthly: keep("--keep-monthly"),
  keepYearly: keep("--keep-yearly"),
  keepWithinSeconds: optional(seconds("--keep-within", 0, 100 * 365 * DAY)),
  timeZone: one("UTC", parseTimeZone),
  /** Everything stored is read again within so long, a little at a time. Null: only when somebody asks for it. */
  verifyWithinSeconds: orOff(seconds("--verify-within", DAY, 10 * 365 * DAY)),
  /** A restore drill that often. Null: only when somebody asks for it. */
  drillEverySeconds: orOff(seconds("--drill-every", 3600, 10 * 365 * DAY)),
  /** What each drill restores beside its sample. */
  canaries: list("append", "The canaries", (given) => parseAbsolutePath("The canary", given)),
  /** A program of this server that checks what a drill has restored. */
  drillCommand: orOff(parseCheckCommand),
  drillTimeoutSeconds: one(3600, seconds("The time for the drill's command", 1, 7 * DAY)),
  /** How long a removed snapshot can be brought back, as long as there is room; 0: not at all. */
  trashKeepSeconds: one(0, seconds("The time in the trash", 0, 365 * DAY)),
} as const satisfies Record<string, Field<unknown>>;

export type SettingName = keyof typeof FIELDS;
export type Settings = { readonly [K in SettingName]: (typeof FIELDS)[K] extends Field<infer T> ? T : never };
/** What one layer (global or host) says; what it leaves out is inherited. */
export type SettingsLayer = { readonly [K in SettingName]?: Settings[K] };

export const SETTING_NAMES = Object.keys(FIELDS) as SettingName[];
export const isSettingName = (name: string): name is SettingName => Object.hasOwn(FIELDS, name);

/** Reads one layer, typed or stored. Unknown names are refused, so that a typing error is not silently ignored. */
export function parseLayer(given: Readonly<Record<string, unknown>>): SettingsLayer {
  const layer: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!isSettingName(name)) throw badInput("The setting", name, "does not exist.");
    if (value !== undefined) layer[name] = FIELDS[name].parse(value);
  }
  return layer as SettingsLayer;
}

/** A layer with some settings changed; those named in `unset` are inherited again. */
export function changeLayer(
  layer: SettingsLayer,
  changes: SettingsLayer,
  unset: readonly SettingName[],
): SettingsLayer {
  const changed: Record<string, unknown> = { ...layer, ...changes };
  for (const name of unset) delete changed[name];
  return changed as SettingsLayer;
}
