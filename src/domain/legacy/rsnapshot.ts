// An rsnapshot.conf, as layers of ours. Its directives are in rsnapshot(1): fields apart by tabs, one directive a line.
import { parseAddress, parseHostName } from "../host-address.ts";
import { parsePattern } from "../path-input.ts";
import { Problem } from "../problem.ts";
import { FIELDS, parseLayer, type SettingName } from "../settings.ts";
import type { LegacyConfiguration, LegacyHost } from "./configuration.ts";
import { type LegacyNote, type LegacySection, legacyDocument } from "./document.ts";
import { type RsyncWords, sortRsyncWords, sortSshWords } from "./rsync-words.ts";

const RETAINED: Readonly<Record<string, SettingName>> = {
  ...{ hourly: "keepHourly", daily: "keepDaily", weekly: "keepWeekly", monthly: "keepMonthly" },
  yearly: "keepYearly",
};

/** How rsnapshot itself works, which is nobody's wish about backups. */
const OF_RSNAPSHOT = new Set(
  (
    "config_version cmd_cp cmd_rm cmd_rsync cmd_ssh cmd_logger cmd_du no_create_root verbose loglevel logfile lockfile " +
    "stop_on_stale_lockfile link_dest sync_first use_lazy_deletes rsync_numtries du_args"
  ).split(" "),
);

interface FoundHost {
  readonly sources: string[];
  readonly excludes: string[];
  readonly user: string | null;
  /** Null: this very machine. */
  readonly address: string | null;
  oneFileSystem: boolean;
}

/** Refuses with `bad_input`, naming the line, what cannot be a setting; what has no place here is noted. */
export function readRsnapshotConfiguration(file: string, text: string): LegacyConfiguration {
  const notes: LegacyNote[] = [];
  const hosts = new Map<string, FoundHost>();
  const settings: Record<string, unknown> = {};
  const words: RsyncWords = { rsyncArgs: [], includes: [], excludes: [] };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fields = line.split(/\t+/).map((field) => field.trim());
    const [directive = "", ...values] = fields.filter((field) => field !== "");
    if (directive === "" || directive.startsWith("#")) continue;
    const key = `line ${index + 1}`;
    const section = legacyDocument(file, { [key]: values }, notes);
    const given = values[0] ?? "";
    switch (directive) {
      case "snapshot_root":
        section.note(
          key,
          "covered",
          `${given} stays as it is; to take its history over: pobsync discover-snapshots --host HOST --adopt rsnapshot ${given}`,
        );
        break;
      case "retain":
      case "interval":
        retain(section, key, values, settings);
        break;
      case "exclude":
        words.excludes.push(section.take(key, () => parsePattern("The pattern", given)) ?? "");
        break;
      case "include":
        words.includes.push(section.take(key, () => parsePattern("The pattern", given)) ?? "");
        break;
      case "one_fs":
        if (given === "1") words.oneFileSystem = true;
        break;
      case "ssh_args":
        Object.assign(settings, sortSshWords(section, key));
        break;
      case "rsync_short_args":
      case "rsync_long_args":
        sortRsyncWords(legacyDocument(file, { [key]: given.split(/\s+/) }, notes), key, words);
        break;
      case "backup":
        section.take(key, () => backup(section, key, values, hosts));
        break;
      default:
        section.note(
          key,
          OF_RSNAPSHOT.has(directive) ? "covered" : "unknown",
          OF_RSNAPSHOT.has(directive)
            ? `${directive} is about rsnapshot itself.`
            : `${directive} was left out.`,
        );
    }
  }
  const { rsyncArgs, includes, excludes, ...rest } = words;
  const lists = Object.entries({ rsyncArgs, includes, excludes }).filter(([, list]) => list.length > 0);
  return {
    backupRoot: null,
    settings: parseLayer({ ...settings, ...rest, ...Object.fromEntries(lists) }),
    hosts: [...hosts].map(([name, found]) => asHost(name, found)),
    notes,
  };
}

function retain(
  section: LegacySection,
  key: string,
  [name = "", count]: readonly string[],
  settings: Record<string, unknown>,
): void {
  const setting = RETAINED[name];
  if (setting === undefined)
    section.note(
      key,
      "unknown",
      `retain ${name} was left out: it has no name of a period. Say it with --keep-daily and the like.`,
    );
  else settings[setting] = section.take(key, () => FIELDS[setting].parse(count));
}

/** `backup SOURCE DESTINATION [OPTIONS]`: the destination begins with what becomes the host's name. */
function backup(
  section: LegacySection,
  key: string,
  [source = "", destination = "", options = ""]: readonly string[],
  hosts: Map<string, FoundHost>,
): void {
  const remote = /^(?:([^@/]+)@)?([^:/]+|\[[^\]]+\]):(\/(?!\/).*)$/.exec(source);
  if (remote === null && !source.startsWith("/")) {
    section.note(
      key,
      "unknown",
      `backup ${source} was left out: pobsync fetches over ssh, or from this machine.`,
    );
    return;
  }
  const name = parseHostName(destination.split("/")[0] ?? "");
  const address = remote === null ? null : parseAddress((remote[2] ?? "").replace(/^\[|\]$/g, ""));
  const user = remote?.[1] ?? null;
  const path = remote === null ? source : (remote[3] ?? "/");
  const host = hosts.get(name) ?? { sources: [], excludes: [], user, address, oneFileSystem: false };
  if (host.address !== address || host.user !== user)
    throw new Problem(
      "bad_input",
      `${name} is backed up from another machine, or by another user, in a line above.`,
      {
        hint: "Give one of them another destination; nothing was changed.",
      },
    );
  hosts.set(name, host);
  host.sources.push(path === "/" ? path : path.replace(/\/+$/, ""));
  for (const option of options.split(",").filter((one) => one !== "")) {
    const [, what = "", value = ""] = /^([^=]+)=(.*)$/.exec(option) ?? [];
    if (what === "exclude") host.excludes.push(parsePattern("The pattern", value));
    else if (what === "one_fs") host.oneFileSystem ||= value === "1";
    else section.note(key, "unknown", `${option} was left out.`);
  }
}

function asHost(name: string, { sources, excludes, user, address, oneFileSystem }: FoundHost): LegacyHost {
  const settings = parseLayer({
    sources,
    ...(user === null ? {} : { sshUser: user }),
    ...(excludes.length === 0 ? {} : { excludes }),
    ...(oneFileSystem ? { oneFileSystem } : {}),
  });
  return {
    name,
    address,
    transport: address === null ? "local" : null,
    enabled: null,
    settings,
    schedule: null,
  };
}
