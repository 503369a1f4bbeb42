// The rsync command line, pure: what is asked for in, an argument array out.
import { onReceivingSide } from "../domain/fake-super.ts";
import { Problem } from "../domain/problem.ts";
import type { Settings } from "../domain/settings.ts";
import { allFacts, optionsOf, rulesOnto, WITHOUT_ATTRIBUTES } from "./attribute-args.ts";
import type { RsyncAbilities } from "./rsync-abilities.ts";

/** Where files come from: another machine through a remote shell, or this one. */
export type Origin =
  | { readonly transport: "ssh"; readonly alias: string; readonly remoteShell: readonly string[] }
  | { readonly transport: "local" };

export interface TransferRequest {
  readonly origin: Origin;
  readonly settings: Pick<
    Settings,
    | "sources"
    | "includes"
    | "excludes"
    | "oneFileSystem"
    | "bwlimit"
    | "rsyncArgs"
    | "remoteRsync"
    | "maxFileBytes"
    | "incRecursive"
  >;
  /** Folders of this server that must never be part of the backup: the backup root, when the origin is this machine. */
  readonly leaveOut: readonly string[];
  /** An empty folder; the tree appears below it with its absolute paths. */
  readonly target: string;
  readonly partialDir: string;
  /** Trees to share unchanged files with, the best one first. */
  readonly linkDests: readonly string[];
  readonly confineRoot: string;
  readonly dryRun: boolean;
  /** It runs where nothing but the host's folder is to be seen, so that a link can lead nowhere else. */
  readonly isSandboxed: boolean;
}

/** Said of everything that a backup asks for; see transferArgs. */
export const FAITHFUL: readonly string[] = ["--modify-window=-1", "--stats", "--no-human-readable"];

/** What is told of what comes: how far it is, and a line for each entry: what happened, size, checksum, name, hard link target. */
export const TOLD: readonly string[] = ["--info=progress2", "--out-format=%i // %l // %C // %n // %L"];

/** rsync takes at most twenty link bases. */
const LINK_DESTS_MAX = 20;

/**
 * A backup's transfer. Standard input has the sources, NUL-separated, and is read where they are not among the words.
 *
 * `--modify-window=-1`: the quick check compares nanoseconds; without it a same-size change within one second is missed.
 * `--sparse`: holes stay holes. `--no-human-readable`: counters without separators.
 */
export function transferArgs(request: TransferRequest, abilities: RsyncAbilities): string[] {
  const { settings, origin, linkDests } = request;
  return [
    "rsync",
    request.dryRun ? WITHOUT_ATTRIBUTES : allFacts(abilities, linkDests),
    "--recursive",
    "--numeric-ids",
    "--relative",
    "--delete",
    ...FAITHFUL,
    ...TOLD,
    ...rulesOnto(abilities, settings, origin.transport === "ssh" ? "receiver" : "both"),
    ...(abilities.xxh128 ? ["--checksum-choice=xxh128"] : []),
    ...guardArgs(request, abilities),
    `--partial-dir=${request.partialDir}`,
    ...linkDestArgs(linkDests),
    ...(settings.oneFileSystem ? ["--one-file-system"] : []),
    ...limitArgs(settings.bwlimit),
    ...sizeLimitArgs(settings.maxFileBytes),
    ...listArgs(settings.incRecursive),
    ...(request.dryRun ? ["--dry-run"] : []),
    ...filterArgs(request),
    ...(origin.transport === "local" ? onReceivingSide(optionsOf(settings)) : optionsOf(settings)),
    ...originArgs(origin, settings.remoteRsync),
    ...sourceWords(origin, settings.sources),
    `${request.target}/`,
  ];
}

/** What keeps rsync in its place: a sandbox, or rsync itself where it can. */
export function guardArgs(
  { isSandboxed, confineRoot, origin }: Pick<TransferRequest, "isSandboxed" | "confineRoot" | "origin">,
  abilities: RsyncAbilities,
): string[] {
  // What carries the bytes out of the sandbox is no ssh, which copes with pipes that are full.
  if (isSandboxed) return [...(abilities.insecureLinks ? ["--insecure-links"] : []), "--blocking-io"];
  // Not for this machine itself: there the sender gets it too, and refuses every source outside.
  return abilities.confineRoot && origin.transport === "ssh" ? [`--confine-root=${confineRoot}`] : [];
}

export const linkDestArgs = (linkDests: readonly string[]): string[] =>
  linkDests.slice(0, LINK_DESTS_MAX).map((dir) => `--link-dest=${dir}`);

export const limitArgs = (bytesPerSecond: number): string[] =>
  bytesPerSecond > 0 ? [`--bwlimit=${Math.max(1, Math.floor(bytesPerSecond / 1024))}k`] : [];

/** What `auto` means for a host is decided before; where it is not, it means on. */
export const listArgs = (incRecursive: Settings["incRecursive"]): string[] =>
  incRecursive === "off" ? ["--no-inc-recursive"] : [];

/** rsync leaves larger files out without a word, unless it is asked to say so. */
export const sizeLimitArgs = (maxBytes: number | null): string[] =>
  maxBytes === null ? [] : [`--max-size=${maxBytes}`, "--info=skip1"];

export const fromStandardInput = (origin: Origin): string[] => [
  "--files-from=-",
  "--from0",
  "--",
  rootOf(origin),
];

/** A path in which no shell, and no pattern of rsync's, could see anything but itself. */
const PLAIN_PATH = /^\/[A-Za-z0-9/._+-]*$/;
const PLAIN_SOURCES_MAX = 50;

/**
 * The sources by their names where these are harmless, else from standard input, so that no name reaches a shell.
 *
 * Names of its own make the sending rsync 3.5 look at every part of every path for planted links: twice the time for an
 * incremental backup, on the host.
 */
export function sourceWords(origin: Origin, sources: readonly string[]): string[] {
  if (sources.length > PLAIN_SOURCES_MAX || !sources.every((source) => PLAIN_PATH.test(source)))
    return fromStandardInput(origin);
  // What stands after /./ is what rsync calls it; else it would say names here with a slash before them.
  if (origin.transport === "local") return ["--", ...sources.map((source) => `/.${source}`)];
  // A further source of the same host has no name before its colon.
  return ["--", ...sources.map((source, at) => `${at === 0 ? origin.alias : ""}:${source}`)];
}

/** The probe: lists the sources themselves and nothing below them. */
export function probeArgs(origin: Origin, remoteRsync: string, isSandboxed = false): string[] {
  return [
    "rsync",
    "--list-only",
    "--links",
    "--dirs",
    "--relative",
    "--no-implied-dirs",
    "--no-human-readable",
    "--debug=PROTO,NSTR",
    ...(isSandboxed ? ["--blocking-io"] : []),
    ...originArgs(origin, remoteRsync),
    "--files-from=-",
    "--from0",
    "--",
    rootOf(origin),
    ".",
  ];
}

export const rootOf = (origin: Origin): string => (origin.transport === "local" ? "/" : `${origin.alias}:/`);

export const originArgs = (origin: Origin, remoteRsync: string): string[] =>
  origin.transport === "local"
    ? []
    : [
        `--rsh=${remoteShellText(origin.remoteShell)}`,
        ...(remoteRsync === "rsync" ? [] : [`--rsync-path=${remoteRsync}`]),
      ];

/** Filter rules rather than --exclude: there a pattern that begins with "- ", "+ " or "!" would mean something else. */
export function filterArgs({ settings, leaveOut }: Pick<TransferRequest, "settings" | "leaveOut">): string[] {
  return [
    ...leaveOut.map((dir) => `--filter=- ${literalPattern(dir)}`),
    ...settings.includes.map((pattern) => `--filter=+ ${pattern}`),
    ...settings.excludes.map((pattern) => `--filter=- ${pattern}`),
  ];
}

/** A path as a pattern that matches just itself. Without a wildcard in it, rsync takes a backslash literally. */
export const literalPattern = (path: string): string =>
  /[*?[]/.test(path) ? path.replace(/[\\*?[]/g, "\\$&") : path;

/** rsync splits --rsh at blanks and honours quotes; a quote inside quotes is doubled. */
export const remoteShellText = (argv: readonly string[]): string =>
  argv
    .map((word) => (/^[A-Za-z0-9@%_+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "''")}'`))
    .join(" ");

/** Sources (bytes of absolute paths) as `--files-from=- --from0` reads them. */
export function sourceList(sources: readonly (Uint8Array | null)[]): Buffer {
  return Buffer.concat(
    sources.flatMap((source) => {
      // Settings refuse text that is no path, so this cannot happen; an empty name would mean the whole machine.
      if (source === null || source.length === 0)
        throw new Problem("internal_error", "A source is not a path.");
      return [source, Buffer.from([0])];
    }),
  );
}
