// Our configuration in the predecessor's words, and what those have no words for.
import type { Host } from "../host.ts";
import type { Schedule } from "../schedule.ts";
import type { SettingName, SettingsLayer } from "../settings.ts";
import type { Site } from "../site.ts";

export interface LegacyFile {
  /** Ready to be written as YAML; keys that would be empty are left out. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Names of what is configured and cannot be said in this format. */
  readonly unsaid: readonly string[];
}

const KIB = 1024;

/** Reading the result back changes nothing: what has no words is not there, and an import leaves that alone. */
export function legacyGlobal({ backupRoot, settings }: Site): LegacyFile {
  const { ssh, rsync, retention, lists, unsaid } = wordsOf(settings);
  const { includes, excludes } = lists;
  const value = { backup_root: backupRoot, ssh, rsync, defaults: { includes, excludes }, retention };
  return { value: withoutNothing(value), unsaid };
}

export function legacyHost(
  { address, transport, enabled, settings }: Pick<Host, "address" | "transport" | "enabled" | "settings">,
  schedules: readonly Schedule[],
): LegacyFile {
  const { ssh, rsync, retention, lists, unsaid } = wordsOf(settings);
  const { sources, includes, excludes } = lists;
  const [usual, others] = [
    schedules.find(({ name }) => name === "default"),
    schedules.filter(({ name }) => name !== "default"),
  ];
  const schedule = usual && { cron: usual.cron, prune: usual.prune, enabled: usual.enabled };
  const value = {
    ...{ address, transport: transport === "ssh" ? undefined : transport, enabled },
    ...{ ssh, rsync, sources, includes, excludes_add: excludes, retention, schedule },
  };
  const more = usual === undefined ? [] : unsaidOf(usual);
  return {
    value: withoutNothing(value),
    unsaid: [...unsaid, ...more, ...others.map(({ name }) => `the schedule ${name}`)],
  };
}

const unsaidOf = ({ timeZone, jitterSeconds, maxDelete }: Schedule): string[] => [
  ...(timeZone === null ? [] : ["the schedule's time zone"]),
  ...(jitterSeconds === 0 ? [] : ["the schedule's jitter"]),
  ...(maxDelete === null ? [] : ["the schedule's limit of removals"]),
];

function wordsOf(settings: SettingsLayer) {
  const { bwlimit, rsyncArgs = [], oneFileSystem, stallTimeoutSeconds } = settings;
  const isWhole = bwlimit !== undefined && bwlimit % KIB === 0;
  const args = [...rsyncArgs, ...(oneFileSystem === true ? ["--one-file-system"] : [])];
  const said = new Set<SettingName>([
    ...(["sshUser", "sshPort", "stallTimeoutSeconds", "rsyncArgs", "includes", "excludes"] as const),
    // An empty list means everything, and that cannot be told from saying nothing.
    ...(settings.sources?.length === 0 ? [] : (["sources"] as const)),
    ...(settings.identityFile === null ? [] : (["identityFile"] as const)),
    ...(isWhole ? (["bwlimit"] as const) : []),
    ...(oneFileSystem === false ? [] : (["oneFileSystem"] as const)),
    ...(["keepDaily", "keepWeekly", "keepMonthly", "keepYearly"] as const).filter(
      (name) => settings[name] !== null,
    ),
  ]);
  return {
    ssh: {
      user: settings.sshUser,
      port: settings.sshPort,
      identity_file: settings.identityFile ?? undefined,
    },
    rsync: {
      extra_args: args.length === 0 ? undefined : args,
      bwlimit_kbps: isWhole ? bwlimit / KIB : undefined,
      timeout_seconds: stallTimeoutSeconds,
    },
    retention: {
      daily: settings.keepDaily ?? undefined,
      weekly: settings.keepWeekly ?? undefined,
      monthly: settings.keepMonthly ?? undefined,
      yearly: settings.keepYearly ?? undefined,
    },
    lists: {
      sources: some(settings.sources),
      includes: some(settings.includes),
      excludes: some(settings.excludes),
    },
    unsaid: (Object.keys(settings) as SettingName[]).filter((name) => !said.has(name)),
  };
}

/** An empty list says nothing, and a list that was made empty here cannot be told from that. */
const some = (list: readonly string[] | undefined): readonly string[] | undefined =>
  list === undefined || list.length === 0 ? undefined : list;

function withoutNothing(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      if (item === undefined) return [];
      if (typeof item !== "object" || item === null || Array.isArray(item)) return [[key, item]];
      const inner = withoutNothing(item as Record<string, unknown>);
      return Object.keys(inner).length === 0 ? [] : [[key, inner]];
    }),
  );
}
