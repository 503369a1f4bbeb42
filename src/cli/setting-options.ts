// The options that set inheritable settings, for configure-global and configure-host alike.
import { type Command, InvalidArgumentError } from "commander";
import { badInput } from "../domain/problem.ts";
import {
  FIELDS,
  isSettingName,
  parseLayer,
  SETTING_NAMES,
  type SettingName,
  type SettingsLayer,
} from "../domain/settings.ts";

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** The same for an option that has an opposite, which is false: what comes after that begins anew. */
const several = (value: string, before: string[] | boolean | undefined): string[] =>
  collect(value, Array.isArray(before) ? before : undefined);

/** commander's attribute for an option → the setting it sets, where the names differ. */
const SETTING_OF: Record<string, SettingName> = {
  user: "sshUser",
  sshUser: "sshUser",
  port: "sshPort",
  sshPort: "sshPort",
  rsyncPath: "remoteRsync",
  source: "sources",
  include: "includes",
  exclude: "excludes",
  rsyncArg: "rsyncArgs",
  window: "windows",
  hookTimeout: "hookTimeoutSeconds",
  stallTimeout: "stallTimeoutSeconds",
  maxDuration: "maxDurationSeconds",
  maxShrink: "maxShrinkPercent",
  quota: "quotaBytes",
  maxNew: "maxNewBytes",
  maxFileSize: "maxFileBytes",
  keepWithin: "keepWithinSeconds",
  trashKeep: "trashKeepSeconds",
  verifyWithin: "verifyWithinSeconds",
  drillEvery: "drillEverySeconds",
  canary: "canaries",
  drillTimeout: "drillTimeoutSeconds",
};

/** Adds the rules of retention. */
export function addRetentionOptions(command: Command): Command {
  return command
    .option("--keep-last <n>", "keep the newest N snapshots")
    .option("--keep-hourly <n>", "keep the newest of each of the last N hours that have one")
    .option("--keep-daily <n>", "the same for days")
    .option("--keep-weekly <n>", "the same for ISO weeks")
    .option("--keep-monthly <n>", "the same for months")
    .option("--keep-yearly <n>", "the same for years")
    .option("--keep-within <duration>", "keep everything younger than that, such as 30d")
    .option("--time-zone <zone>", "in which days and weeks are counted, such as Europe/Amsterdam");
}

/** Adds the options that both layers share. A list option that is given replaces the whole list of that layer. */
export function addSettingOptions(command: Command): Command {
  return addRetentionOptions(command)
    .option("--identity-file <file>", "private key for ssh (default: the keys ssh itself tries)")
    .option("--rsync-path <words>", 'rsync on the host, such as "sudo -n rsync"')
    .option("--include <pattern>", "never leave this out (repeatable; before the excludes)", collect)
    .option("--exclude <pattern>", "leave this out, an rsync pattern (repeatable)", collect)
    .option("--one-file-system", "do not cross into other file systems")
    .option("--no-one-file-system", "cross into other file systems")
    .option("--bwlimit <rate>", "bytes a second at most, such as 10M; 0 for no limit")
    .option("--bwlimit-at <times=rate>", 'by the time of day: "mon-fri 08:00-18:00=2M" (repeatable)', several)
    .option("--no-bwlimit-at", "no timetable: --bwlimit holds at all times")
    .option("--window <times>", 'only then, on schedule: "mon-fri 20:00-06:00" (repeatable)', several)
    .option("--no-window", "at any time")
    .option("--window-stop", "end a backup that is under way when its window closes")
    .option("--no-window-stop", "let it go on to its end")
    .option("--inc-recursive <auto|on|off>", "list files bit by bit; auto: unless the host is far away")
    .option("--streams <auto|1…8>", "fetch in so many streams; auto: in several where the host is far away")
    .option("--btrfs-snapshots <auto|off>", "begin as a btrfs snapshot of the last backup, on such a disk")
    .option("--rsync-arg <option>", "one more option for rsync, such as --compress (repeatable)", collect)
    .option("--pre-hook <command>", "program that the host runs before the transfer")
    .option("--post-hook <command>", "program that the host runs after it, in any case")
    .option("--hook-failure <fail|warn>", "what a failed pre-hook means")
    .option("--hook-timeout <duration>", "how long a hook may take, such as 30m")
    .option("--stall-timeout <duration>", "end a transfer in which nothing moved for so long")
    .option("--max-duration <duration>", "end a transfer that takes longer, whatever still moves")
    .option("--max-shrink <percent>", "warn when a snapshot is smaller than the last by more")
    .option("--quota <size>", "end a backup with which all snapshots would take more, such as 500G")
    .option("--max-new <size>", "end a backup that brings more new content; the first may bring everything")
    .option("--max-file-size <size>", "leave larger files out, and name them in a warning")
    .option("--max-entries <n>", "end a backup of more files and folders than that")
    .option(
      "--verify-within <duration>",
      "read everything again within that, a little at a time: 90d, or off",
    )
    .option("--drill-every <duration>", "restore a sample and compare it that often: 7d, or off")
    .option("--canary <path>", "restore this in every drill, too (repeatable)", collect)
    .option("--drill-command <command>", "program of this server that checks what a drill has restored")
    .option("--drill-timeout <duration>", "how long that program may take (default: 1h)")
    .option(
      "--trash-keep <duration>",
      "bring removed snapshots back for so long, while there is room (default: 0)",
    )
    .option("--unset <setting>", "inherit this setting again (repeatable; names as in show-host)", collect);
}

/** What the options say, checked. Options of the command itself are named in `own` and left alone. */
export function settingsFrom(
  options: Record<string, unknown>,
  own: readonly string[],
): { settings: SettingsLayer; unset: SettingName[] } {
  const given: Record<string, unknown> = {};
  for (const [option, value] of Object.entries(options)) {
    if (option === "unset" || own.includes(option)) continue;
    const name = SETTING_OF[option] ?? option;
    if (!isSettingName(name)) throw new InvalidArgumentError(`the option ${option} sets nothing`);
    // "--no-window" says that there is none.
    given[name] = value === false && Array.isArray(FIELDS[name].fallback) ? [] : value;
  }
  const unset = ((options.unset ?? []) as string[]).map((name) => {
    if (!isSettingName(name))
      throw badInput("The setting", name, `does not exist. There are: ${SETTING_NAMES.join(", ")}.`);
    return name;
  });
  return { settings: parseLayer(given), unset };
}
