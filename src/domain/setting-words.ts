// Every setting in words, so that forms and their help are made from one table.

import { PROOF_WORDS } from "./proof-setting-words.ts";
import { FIELDS, type SettingName } from "./settings.ts";
import { OF_HOST, OF_SITE, PING_WORDS, type Words } from "./site-setting-words.ts";
import { STREAMS } from "./streams.ts";

export type FieldGroup =
  | ("connection" | "contents" | "transfer" | "times" | "hooks" | "retention")
  | ("checks" | "proof" | "pings" | "site");

/** A setting as a form shows it. */
export interface SettingField extends Words {
  readonly name: string;
  readonly group: FieldGroup;
  readonly fallback: string | number | boolean | readonly string[] | null;
  /** How a host's own value goes with the site's; null for what is not inherited. */
  readonly inherit: "replace" | "append" | null;
}

const both = (option: string) => ({ host: option, site: option });
const keep = (option: string, label: string, help: string): Words => ({
  ...{ label, help, kind: "count", unit: "snapshots", ...both(option) },
});

/** Settings that hosts inherit, in the order of a form. */
const INHERITED: { readonly [K in SettingName]: Words & { readonly group: FieldGroup } } = {
  sshUser: {
    ...{ group: "connection", label: "User", kind: "text", host: "--user", site: "--ssh-user" },
    help: "Who pobsync signs in as on the host. Only root can read everything.",
  },
  sshPort: {
    ...{ group: "connection", label: "SSH port", kind: "count", host: "--port", site: "--ssh-port" },
    help: "Where sshd listens on the host.",
  },
  identityFile: {
    ...{ group: "connection", label: "Private key", kind: "text", ...both("--identity-file") },
    help: "File of this server with the key for signing in. Without one, ssh tries those that it finds by itself.",
  },
  remoteRsync: {
    ...{ group: "connection", label: "rsync on the host", kind: "text", ...both("--rsync-path") },
    help: 'How rsync is started there, such as "sudo -n rsync".',
  },
  sources: {
    ...{ group: "contents", label: "Folders", kind: "list", host: "--source", site: null },
    help: "Absolute paths of what is backed up. Without any it is the whole machine.",
  },
  includes: {
    ...{ group: "contents", label: "Always include", kind: "list", ...both("--include") },
    help: "Patterns of rsync for what is never left out, whatever the excludes say.",
  },
  excludes: {
    ...{ group: "contents", label: "Leave out", kind: "list", ...both("--exclude") },
    help: "Patterns of rsync for what is left out, such as *.iso or /var/cache/.",
  },
  oneFileSystem: {
    ...{ group: "contents", label: "Stay in one file system", kind: "switch", ...both("--one-file-system") },
    help: "Leaves out what is mounted below the folders.",
  },
  bwlimit: {
    ...{ group: "transfer", label: "Bandwidth limit", kind: "rate", ...both("--bwlimit") },
    ...{ unit: "bytes a second", help: "At most so many bytes a second, such as 10M. 0 is no limit." },
  },
  bwlimitAt: {
    ...{ group: "times", label: "Bandwidth by the time of day", kind: "list", ...both("--bwlimit-at") },
    help: "Such as mon-fri 08:00-18:00=2M; a rate of 0 is no limit. At other times the bandwidth limit holds.",
  },
  windows: {
    ...{ group: "times", label: "Windows", kind: "list", ...both("--window") },
    help: "When scheduled backups and retries may begin, such as mon-fri 20:00-06:00. None: at any time.",
  },
  windowStop: {
    ...{ group: "times", label: "End a backup when its window closes", kind: "switch" },
    ...{
      ...both("--window-stop"),
      help: "What it had received is kept for the next attempt, in the next window.",
    },
  },
  incRecursive: {
    ...{ group: "transfer", label: "List files bit by bit", kind: "choice", ...both("--inc-recursive") },
    choices: [
      { value: "auto", label: "unless the host is far away" },
      { value: "on", label: "always" },
      { value: "off", label: "never: the whole list first" },
    ],
    help: "Over a line with long round trips the whole list first is faster.",
  },
  streams: {
    ...{ group: "transfer", label: "Streams", kind: "choice", ...both("--streams") },
    choices: STREAMS.map((value) => ({
      value,
      label: value === "auto" ? "as the distance asks for" : value,
    })),
    help: "Over a line with long round trips several streams carry more than one. Elsewhere one is faster.",
  },
  btrfsSnapshots: {
    ...{ group: "transfer", label: "Snapshots of btrfs", kind: "choice", ...both("--btrfs-snapshots") },
    choices: [
      { value: "auto", label: "where the backup disk is btrfs" },
      { value: "off", label: "never: hard links" },
    ],
    help: "On btrfs a backup can begin as a snapshot of the last one, and nothing can write to it later.",
  },
  trustGroup: {
    ...{ group: "transfer", label: "Trust group", kind: "text", host: "--trust-group", site: null },
    help: "Hosts with the same word trust each other: what is stored of one is not sent again by another, and may be read for it.",
  },
  rsyncArgs: {
    ...{ group: "transfer", label: "More options for rsync", kind: "list", ...both("--rsync-arg") },
    help: "For special needs, such as --compress. What would break backups is refused.",
  },
  stallTimeoutSeconds: {
    ...{ group: "transfer", label: "End a stalled transfer after", kind: "duration", unit: "seconds" },
    ...{ ...both("--stall-timeout"), help: "A transfer in which nothing moves for so long is ended." },
  },
  maxDurationSeconds: {
    ...{ group: "transfer", label: "End a transfer after", kind: "duration", unit: "seconds" },
    ...{ ...both("--max-duration"), help: "Whatever still moves. The next backup goes on with what came." },
  },
  preHook: {
    ...{ group: "hooks", label: "Before each backup", kind: "text", ...both("--pre-hook") },
    help: "A program that the host runs before the transfer, with its arguments; no shell.",
  },
  postHook: {
    ...{ group: "hooks", label: "After each backup", kind: "text", ...both("--post-hook") },
    help: "A program that the host runs after the transfer, also when that failed.",
  },
  hookFailure: {
    ...{ group: "hooks", label: "When the first one fails", kind: "choice", ...both("--hook-failure") },
    choices: [
      { value: "fail", label: "the backup fails" },
      { value: "warn", label: "the backup goes on, with a warning" },
    ],
    help: "What it means when the program before the backup fails.",
  },
  hookTimeoutSeconds: {
    ...{ group: "hooks", label: "End a program after", kind: "duration", ...both("--hook-timeout") },
    ...{ unit: "seconds", help: "How long each of the two programs may take." },
  },
  keepLast: {
    ...keep("--keep-last", "Newest", "Keeps the newest so many, whenever they were made. 0 is none."),
    group: "retention",
  },
  keepHourly: {
    ...keep("--keep-hourly", "Hourly", "Keeps the newest of each of the last so many hours that have one."),
    group: "retention",
  },
  keepDaily: {
    ...keep("--keep-daily", "Daily", "Keeps the newest of each of the last so many days that have one."),
    group: "retention",
  },
  keepWeekly: {
    ...keep("--keep-weekly", "Weekly", "Keeps the newest of each of the last so many weeks that have one."),
    group: "retention",
  },
  keepMonthly: {
    ...keep(
      "--keep-monthly",
      "Monthly",
      "Keeps the newest of each of the last so many months that have one.",
    ),
    group: "retention",
  },
  keepYearly: {
    ...keep("--keep-yearly", "Yearly", "Keeps the newest of each of the last so many years that have one."),
    group: "retention",
  },
  keepWithinSeconds: {
    ...{ group: "retention", label: "Everything within", kind: "duration", ...both("--keep-within") },
    ...{
      unit: "seconds",
      help: "Keeps all that are younger than the newest by less than that, such as 30d.",
    },
  },
  timeZone: {
    ...{ group: "retention", label: "Time zone", kind: "text", ...both("--time-zone") },
    help: "Whose hours, days and weeks are counted and whose clock schedules follow, such as Europe/Amsterdam.",
  },
  trashKeepSeconds: {
    ...{ group: "retention", label: "Keep in the trash for", kind: "duration", ...both("--trash-keep") },
    ...{
      unit: "seconds",
      help: "So long a removed snapshot can be brought back, while there is room. 0: not at all.",
    },
  },
  maxShrinkPercent: {
    ...{
      group: "checks",
      label: "Warn when it shrinks by more than",
      kind: "count",
      ...both("--max-shrink"),
    },
    ...{
      unit: "%",
      help: "A snapshot that is smaller than the last by more gets a warning, and nothing is pruned.",
    },
  },
  quotaBytes: {
    ...{ group: "checks", label: "Room for all snapshots", kind: "size", unit: "bytes", ...both("--quota") },
    help: "A backup that would make them take more on the disk is ended, such as 500G.",
  },
  maxNewBytes: {
    ...{
      group: "checks",
      label: "New content of a backup",
      kind: "size",
      unit: "bytes",
      ...both("--max-new"),
    },
    help: "A backup that brings more than that is ended, such as 50G. The first one may bring everything.",
  },
  maxFileBytes: {
    ...{ group: "checks", label: "Largest file", kind: "size", unit: "bytes" },
    ...{ ...both("--max-file-size"), help: "Larger files are left out, and named in a warning." },
  },
  maxEntries: {
    ...{ group: "checks", label: "Most files and folders", kind: "count", unit: "entries" },
    ...{ ...both("--max-entries"), help: "A backup of a host that has more is ended." },
  },
  ...PROOF_WORDS,
};

/** All of them, in the order of a form. */
export const SETTING_FIELDS: readonly SettingField[] = [
  ...Object.entries(OF_SITE).map(
    ([name, words]) => ({ name, group: "site", inherit: null, ...words }) as const,
  ),
  ...Object.entries(OF_HOST).map(
    ([name, words]) => ({ name, group: "connection", inherit: null, ...words }) as const,
  ),
  ...(Object.keys(INHERITED) as SettingName[]).map((name) => ({
    ...{ name, ...INHERITED[name] },
    ...{ fallback: FIELDS[name].fallback, inherit: FIELDS[name].inherit },
  })),
  ...Object.entries(PING_WORDS).map(
    ([name, words]) => ({ name, group: "pings", inherit: null, ...words }) as const,
  ),
];
