// The rsync command line, pure: what is asked for in, an argument array out.
import { Problem } from "../domain/problem.ts";
import type { Settings } from "../domain/settings.ts";

/** What the rsync on this server can do; see local-rsync.ts. */
export interface RsyncAbilities {
  readonly version: string;
  /** The host's checksums come as XXH128 (rsync 3.2 with xxhash). */
  readonly xxh128: boolean;
  /** `--confine-root`: link bases and partial files may not lead out of the host's folder (rsync 3.5). */
  readonly confineRoot: boolean;
  /** `--insecure-links`: paths are not looked through for links, part by part (rsync 3.5). Only for a sandbox. */
  readonly insecureLinks: boolean;
}

/** Where files come from: another machine through a remote shell, or this one. */
export type Origin =
  | { readonly transport: "ssh"; readonly alias: string; readonly remoteShell: readonly string[] }
  | { readonly transport: "local" };

export interface TransferRequest {
  readonly origin: Origin;
  readonly settings: Pick<
    Settings,
    "includes" | "excludes" | "oneFileSystem" | "bwlimit" | "rsyncArgs" | "remoteRsync"
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

/** One line for each entry that was made: what happened, size, checksum, name, hard link target. */
const ITEM_FORMAT = "%i // %l // %C // %n // %L";

/** Said of everything that a backup asks for; see transferArgs. */
const FAITHFUL: readonly string[] = [
  "--modify-window=-1",
  "--stats",
  "--no-human-readable",
  "--info=progress2",
  `--out-format=${ITEM_FORMAT}`,
];

/** rsync takes at most twenty link bases. */
const LINK_DESTS_MAX = 20;

/**
 * A backup's transfer. The sources are read from standard input, NUL-separated, so that no name reaches a shell.
 *
 * `--modify-window=-1`: the quick check compares nanoseconds; without it a same-size change within one second is missed.
 * `--sparse`: holes stay holes. `--no-human-readable`: counters without separators.
 */
export function transferArgs(request: TransferRequest, abilities: RsyncAbilities): string[] {
  const { settings, origin } = request;
  return [
    "rsync",
    // A dry run looks into a target that is not there; rsync 3.5 then complains about every entry with attributes.
    request.dryRun ? "-aHS" : "-aHAXS",
    "--recursive",
    "--numeric-ids",
    "--relative",
    "--delete",
    ...FAITHFUL,
    ...(abilities.xxh128 ? ["--checksum-choice=xxh128"] : []),
    // Not for this machine itself: there the sender gets it too, and refuses every source outside.
    ...(abilities.confineRoot && origin.transport === "ssh" && !request.isSandboxed
      ? [`--confine-root=${request.confineRoot}`]
      : []),
    ...(request.isSandboxed ? sandboxedArgs(abilities) : []),
    `--partial-dir=${request.partialDir}`,
    ...linkDestArgs(request.linkDests),
    ...(settings.oneFileSystem ? ["--one-file-system"] : []),
    ...limitArgs(settings.bwlimit),
    ...(request.dryRun ? ["--dry-run"] : []),
    ...filterArgs(request),
    ...settings.rsyncArgs,
    ...sourceArgs(origin, settings.remoteRsync, request.target),
  ];
}

/** A tree on the host beside one that is here. */
export type ComparisonRequest = Pick<TransferRequest, "origin" | "settings"> & {
  /** The tree here; it is only read. */
  readonly base: string;
};

/**
 * The first step in a sandbox: what of a tree that is here the host still has, and what is different there. Every entry that the
 * host has gets a line (`-ii`). Nothing is written, not even where it could be (`--dry-run`).
 *
 * `--force`: without it a folder that is a file by now is an error.
 */
export function comparisonArgs(
  { origin, settings, base }: ComparisonRequest,
  abilities: RsyncAbilities,
): string[] {
  return [
    ...["rsync", "-aHAXS", "--recursive", "--numeric-ids", "--relative", "--dry-run", "-ii", "--force"],
    ...FAITHFUL,
    ...(abilities.xxh128 ? ["--checksum-choice=xxh128"] : []),
    ...sandboxedArgs(abilities),
    ...(settings.oneFileSystem ? ["--one-file-system"] : []),
    ...limitArgs(settings.bwlimit),
    ...filterArgs({ settings, leaveOut: [] }),
    ...settings.rsyncArgs,
    ...sourceArgs(origin, settings.remoteRsync, base),
  ];
}

/** Options that would leave out what was asked for by its name. */
const NOT_BY_NAME = new Set(["--prune-empty-dirs", "-m"]);

/**
 * The second step: these entries and no others, by their names; of a folder what it is and not what it holds.
 *
 * No filters: what they leave out was not among the first step's lines.
 */
export function pickArgs(
  {
    origin,
    settings,
    target,
    partialDir,
    linkDests,
  }: Pick<TransferRequest, "origin" | "settings" | "target" | "partialDir" | "linkDests">,
  abilities: RsyncAbilities,
): string[] {
  return [
    ...["rsync", "-aHAXS", "--numeric-ids", "--relative"],
    ...FAITHFUL,
    ...(abilities.xxh128 ? ["--checksum-choice=xxh128"] : []),
    ...sandboxedArgs(abilities),
    `--partial-dir=${partialDir}`,
    ...linkDestArgs(linkDests),
    ...limitArgs(settings.bwlimit),
    ...settings.rsyncArgs.filter((option) => !NOT_BY_NAME.has(option)),
    ...sourceArgs(origin, settings.remoteRsync, target),
  ];
}

/** The folder of the host's own root, of which only itself is wanted: by its name all that it holds would come. */
export const rootAlone = (argv: readonly string[]): string[] => [
  ...argv.slice(0, 1),
  "--filter=H *",
  ...argv.slice(1),
];

/** Options that say what facts are kept, and where. */
const ABOUT_FACTS = new Set(["--fake-super", "--super", "--atimes", "-U", "--crtimes", "-N"]);

/** From one tree of this server to another: what folders are, and nothing of what they hold. Their names come as sources do. */
export const foldersArgs = (
  { rsyncArgs }: Pick<Settings, "rsyncArgs">,
  abilities: RsyncAbilities,
  from: string,
  to: string,
): string[] => [
  ...["rsync", "-aAX", "--numeric-ids", "--relative", "--no-implied-dirs", "--modify-window=-1"],
  ...(abilities.insecureLinks ? ["--insecure-links"] : []),
  ...rsyncArgs.filter((option) => ABOUT_FACTS.has(option)),
  ...["--files-from=-", "--from0", "--", `${from}/`, `${to}/`],
];

/** What carries the bytes out of the sandbox is no ssh, which copes with pipes that are full. */
const sandboxedArgs = (abilities: RsyncAbilities): string[] => [
  ...(abilities.insecureLinks ? ["--insecure-links"] : []),
  "--blocking-io",
];

const linkDestArgs = (linkDests: readonly string[]): string[] =>
  linkDests.slice(0, LINK_DESTS_MAX).map((dir) => `--link-dest=${dir}`);

const limitArgs = (bytesPerSecond: number): string[] =>
  bytesPerSecond > 0 ? [`--bwlimit=${Math.max(1, Math.floor(bytesPerSecond / 1024))}k`] : [];

/** The names come from standard input. */
const sourceArgs = (origin: Origin, remoteRsync: string, target: string): string[] => [
  ...originArgs(origin, remoteRsync),
  ...["--files-from=-", "--from0", "--", rootOf(origin), `${target}/`],
];

/** The probe: lists the sources themselves and nothing below them. */
export function probeArgs(origin: Origin, remoteRsync: string): string[] {
  return [
    "rsync",
    "--list-only",
    "--links",
    "--dirs",
    "--relative",
    "--no-implied-dirs",
    "--no-human-readable",
    "--debug=PROTO,NSTR",
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
function filterArgs({ settings, leaveOut }: Pick<TransferRequest, "settings" | "leaveOut">): string[] {
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
