// The predecessor's configuration, as layers of ours. docs/legacy-yaml.md says what each key means.
import { parseTransport, type Transport } from "../host.ts";
import { parseAddress, parseHostName } from "../host-address.ts";
import { badInput } from "../problem.ts";
import { parseCron } from "../schedule.ts";
import { FIELDS, parseLayer, type SettingsLayer } from "../settings.ts";
import { parseBackupRoot } from "../site.ts";
import { type LegacyNote, type LegacySection, legacyDocument } from "./document.ts";
import { type RsyncWords, sortRsyncWords, sortSshWords } from "./rsync-words.ts";

export interface LegacySchedule {
  readonly cron?: string;
  readonly prune?: boolean;
  readonly enabled?: boolean;
}

export interface LegacyHost {
  readonly name: string;
  readonly address: string | null;
  readonly transport: Transport | null;
  readonly enabled: boolean | null;
  readonly settings: SettingsLayer;
  readonly schedule: LegacySchedule | null;
}

export interface LegacyConfiguration {
  readonly backupRoot: string | null;
  /** What holds for all hosts. */
  readonly settings: SettingsLayer;
  readonly hosts: readonly LegacyHost[];
  readonly notes: readonly LegacyNote[];
}

/** Parsed files: `global` is null when there is none; hosts by the names of their files. */
export interface LegacyFiles {
  readonly global: { readonly file: string; readonly value: unknown } | null;
  readonly hosts: readonly { readonly name: string; readonly file: string; readonly value: unknown }[];
}

/** Patterns as a file has them: anchored ones count from the source root of a host. */
interface Patterns {
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

/** One layer as its file says it. */
interface Layer {
  /** Null: it says nothing about what is backed up. */
  readonly sources: readonly string[] | null;
  /** From which anchored patterns count; null: as the layer above has it. */
  readonly sourceRoot: string | null;
  readonly patterns: Patterns;
  readonly settings: SettingsLayer;
}

/** Refuses with `bad_input`, naming file and key, what cannot be a setting; what has no place here is noted. */
export function readLegacyConfiguration(files: LegacyFiles): LegacyConfiguration {
  const notes: LegacyNote[] = [];
  const section = legacyDocument(files.global?.file ?? "config/global.yaml", files.global?.value, notes);
  const backupRoot = section.take("backup_root", parseBackupRoot) ?? null;
  const global = readLayer(section, section.section("defaults"), "excludes");
  section.finish();
  const hosts = files.hosts.map(({ name, file, value }) => {
    const own = legacyDocument(file, value, notes);
    const address = own.take("address", parseAddress) ?? null;
    const transport = own.take("transport", parseTransport) ?? null;
    const enabled = own.take("enabled", flag) ?? null;
    const schedule = readSchedule(own);
    const replaced = own.patterns("excludes_replace");
    const layer = readLayer(own, own, "excludes_add");
    own.finish();
    return { name: parseHostName(name), address, transport, enabled, schedule, layer, replaced };
  });
  const usualSources = isWholeMachine(global.sources) ? null : global.sources;
  const usual = anchored(global.patterns, global.sourceRoot);
  const whole = hosts.map(({ layer, replaced }): Patterns => {
    const excludes = [...(replaced ?? global.patterns.excludes), ...layer.patterns.excludes];
    const includes = [...global.patterns.includes, ...layer.patterns.includes];
    return anchored({ includes, excludes }, layer.sourceRoot ?? global.sourceRoot);
  });
  // Our hosts add to the global lists and cannot leave them out. Where one did, each host has the whole list instead.
  const shared = (which: keyof Patterns): readonly string[] =>
    whole.every((lists) => begins(lists[which], usual[which])) ? usual[which] : [];
  const common: Patterns = { includes: shared("includes"), excludes: shared("excludes") };
  return {
    backupRoot,
    // What is backed up belongs to a host here; the whole machine is what holds when nothing is said.
    settings: {
      ...layerOf({ ...global, sources: null }, common),
      // Said aloud: a list that an earlier import has made would go on holding for all.
      ...(usual.includes.length > 0 && common.includes.length === 0 ? { includes: [] } : {}),
      ...(usual.excludes.length > 0 && common.excludes.length === 0 ? { excludes: [] } : {}),
    },
    hosts: hosts.map(({ layer, replaced: _, ...host }, at) => {
      const lists = whole[at] ?? common;
      const own: Patterns = {
        includes: lists.includes.slice(common.includes.length),
        excludes: lists.excludes.slice(common.excludes.length),
      };
      return { ...host, settings: layerOf({ ...layer, sources: layer.sources ?? usualSources }, own) };
    }),
    notes,
  };
}

const isWholeMachine = (sources: readonly string[] | null): boolean => sources?.join() === "/";

const begins = (list: readonly string[], start: readonly string[]): boolean =>
  start.every((item, at) => list[at] === item);

/** An anchored pattern counts from the source root there, and from `/` here. */
function anchored({ includes, excludes }: Patterns, sourceRoot: string | null): Patterns {
  const root = (sourceRoot ?? "/").replace(/\/+$/, "");
  const place = (pattern: string): string => (pattern.startsWith("/") ? root + pattern : pattern);
  return { includes: includes.map(place), excludes: excludes.map(place) };
}

function layerOf({ settings, sources }: Layer, { includes, excludes }: Patterns): SettingsLayer {
  return parseLayer({
    ...settings,
    ...(sources === null ? {} : { sources }),
    ...(includes.length === 0 ? {} : { includes }),
    ...(excludes.length === 0 ? {} : { excludes }),
  });
}

/** @param defaults where source root and patterns stand @param excludesKey what excludes are called there */
function readLayer(section: LegacySection, defaults: LegacySection, excludesKey: string): Layer {
  const ssh = section.section("ssh");
  const rsync = section.section("rsync");
  const retention = section.section("retention");
  const words: RsyncWords = { rsyncArgs: [], includes: [], excludes: [] };
  sortRsyncWords(rsync, "args", words);
  sortRsyncWords(rsync, "extra_args", words);
  readBinary(rsync);
  const sshWords = sortSshWords(ssh, "options");
  const given = {
    sshUser: ssh.take("user", FIELDS.sshUser.parse) ?? sshWords.sshUser,
    sshPort: ssh.take("port", FIELDS.sshPort.parse) ?? sshWords.sshPort,
    identityFile: ssh.take("identity_file", FIELDS.identityFile.parse) ?? sshWords.identityFile,
    bwlimit: rsync.take("bwlimit_kbps", kibPerSecond) ?? words.bwlimit,
    oneFileSystem: words.oneFileSystem,
    stallTimeoutSeconds: readTimeout(rsync),
    rsyncArgs: words.rsyncArgs.length === 0 ? undefined : words.rsyncArgs,
    keepDaily: retention.take("daily", FIELDS.keepDaily.parse),
    keepWeekly: retention.take("weekly", FIELDS.keepWeekly.parse),
    keepMonthly: retention.take("monthly", FIELDS.keepMonthly.parse),
    keepYearly: retention.take("yearly", FIELDS.keepYearly.parse),
  };
  const root = defaults.take("source_root", one(FIELDS.sources.parse)) ?? null;
  const listed = defaults.take("sources", FIELDS.sources.parse);
  const sources = listed ?? (root === null ? null : [root]);
  return {
    sources,
    // With a list of folders, patterns count from the top.
    sourceRoot: listed === undefined ? root : "/",
    patterns: {
      includes: [...words.includes, ...(defaults.patterns("includes") ?? [])],
      excludes: [...words.excludes, ...(defaults.patterns(excludesKey) ?? [])],
    },
    settings: parseLayer(given),
  };
}

/** The first and only item of a list that is made of one. */
const one =
  (parse: (given: unknown) => readonly string[]) =>
  (given: unknown): string =>
    parse([given])[0] ?? "";

function readBinary(rsync: LegacySection): void {
  const binary = rsync.take("binary", text);
  if (binary === undefined) return;
  const isUsual = ["rsync", "/usr/bin/rsync"].includes(binary);
  rsync.note(
    "binary",
    isUsual ? "covered" : "unknown",
    isUsual
      ? "is the rsync that pobsync runs."
      : `${binary} was left out: pobsync runs the rsync on its PATH.`,
  );
}

/** rsync's own timeout: what moves nothing for so long is ended. Zero meant never, which nobody should want. */
function readTimeout(rsync: LegacySection): number | undefined {
  const seconds = rsync.take("timeout_seconds", whole);
  if (seconds !== 0) return seconds;
  rsync.note(
    "timeout_seconds",
    "unknown",
    "0 was left out: a transfer in which nothing moves is always ended some time.",
  );
  return undefined;
}

function readSchedule(host: LegacySection): LegacySchedule | null {
  if (!host.has("schedule")) return null;
  const section = host.section("schedule");
  const cron = section.take("cron", parseCron);
  const prune = section.take("prune", flag);
  const enabled = section.take("enabled", flag);
  return {
    ...(cron === undefined ? {} : { cron }),
    ...(prune === undefined ? {} : { prune }),
    ...(enabled === undefined ? {} : { enabled }),
  };
}

function text(given: unknown): string {
  if (typeof given !== "string" || given === "") throw badInput("It", given, "is not a text.");
  return given;
}

function flag(given: unknown): boolean {
  if (typeof given !== "boolean") throw badInput("It", given, "is neither true nor false.");
  return given;
}

function whole(given: unknown): number {
  const value = typeof given === "string" && /^\d+$/.test(given) ? Number(given) : given;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw badInput("It", given, "is not a whole number.");
  return value;
}

const kibPerSecond = (given: unknown): number => {
  const kib = whole(given);
  return FIELDS.bwlimit.parse(kib === 0 ? 0 : `${kib}K`);
};
