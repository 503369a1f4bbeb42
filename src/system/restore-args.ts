// The rsync command line of a restore, pure. The snapshot is only ever its source.
import { type Decoding, decodingArgs } from "../domain/fake-super.ts";
import { attributeRules } from "./attribute-args.ts";
import { literalPattern, type Origin, remoteShellText } from "./rsync-args.ts";

/** One pass of rsync over the same names. */
export interface RestorePass {
  /** False: only the named entries themselves, which are folders. */
  readonly recursive: boolean;
  readonly dryRun: boolean;
  /** Only what stands there already. */
  readonly existingOnly: boolean;
  /** Contents are compared, not just sizes and times. */
  readonly byContent: boolean;
}

export interface RestoreRequest extends RestorePass {
  /** The tree: a folder, or a link of ours to one. */
  readonly source: string;
  readonly destination: Origin;
  /** How owners, modes and kinds are read, where the tree keeps them in attributes. */
  readonly decoding: Decoding;
  /** Whether rsync runs as root here. */
  readonly asRoot: boolean;
  readonly remoteRsync: string;
  /** Bytes a second; 0 means no limit. */
  readonly bwlimit: number;
  /** An absolute folder of the target. */
  readonly base: string;
  /** It has to be made, and so have folders above it. */
  readonly makeBase: boolean;
  readonly delete: boolean;
  /** Patterns of what is never deleted, because no backup ever has it. */
  readonly keep: readonly string[];
  /** Paths below `base`, each with a slash before it, that are neither written to nor deleted. */
  readonly leaveAlone: readonly string[];
  /** Nothing is deleted on other file systems that are mounted below. */
  readonly oneFileSystem: boolean;
  /** In a sandbox that shows nothing but the tree, and the folder when it is here; null: outside of any. */
  readonly sandboxed: {
    /** The rsync in it can do without looking through paths for links, part by part. */
    readonly insecureLinks: boolean;
  } | null;
}

/** One line for each entry: what happens, size, name. */
const ITEM_FORMAT = "%i // %l // %n";

/**
 * The names come from standard input, NUL-separated.
 *
 * `--no-implied-dirs`: folders on the way to a name stay as they are. Without `--inplace` a file is made anew and takes its
 * name at the end, so whoever has the old one open keeps it, and no other name of it changes.
 */
export function restoreArgs(request: RestoreRequest): string[] {
  const { destination } = request;
  return [
    "rsync",
    "-lptgoDHAXS",
    request.recursive ? "--recursive" : "--dirs",
    "--numeric-ids",
    "--relative",
    "--no-implied-dirs",
    "--modify-window=-1",
    "--stats",
    "--no-human-readable",
    "--info=progress2",
    `--out-format=${ITEM_FORMAT}`,
    ...decodingArgs(request.decoding, destination.transport === "local", request.asRoot),
    // A host's rsync may be too old to understand them (before 3.1), or not be root's.
    ...(request.asRoot && destination.transport === "local" ? attributeRules("both") : []),
    ...(request.dryRun ? ["--dry-run"] : []),
    ...(request.existingOnly ? ["--existing"] : []),
    ...(request.byContent ? ["--checksum"] : []),
    ...(request.makeBase ? ["--mkpath"] : []),
    ...(request.sandboxed?.insecureLinks === true ? ["--insecure-links"] : []),
    ...(request.bwlimit > 0 ? [`--bwlimit=${Math.max(1, Math.floor(request.bwlimit / 1024))}k`] : []),
    ...request.leaveAlone.map((path) => `--filter=- ${literalPattern(path)}`),
    ...deleteArgs(request),
    ...destinationArgs(request),
    // What carries the bytes out of the sandbox is no ssh, which copes with pipes that are full.
    ...(request.sandboxed !== null && destination.transport === "ssh" ? ["--blocking-io"] : []),
    "--files-from=-",
    "--from0",
    "--",
    `${request.source}/`,
    `${destination.transport === "ssh" ? `${destination.alias}:` : ""}${withSlash(request.base)}`,
  ];
}

const withSlash = (dir: string): string => (dir === "/" ? dir : `${dir}/`);

const deleteArgs = ({ delete: isWanted, recursive, keep, oneFileSystem }: RestoreRequest): string[] =>
  isWanted && recursive
    ? [
        "--delete",
        ...(oneFileSystem ? ["--one-file-system"] : []),
        ...keep.map((pattern) => `--filter=P ${pattern}`),
      ]
    : [];

/** `--secluded-args`: the folder's name reaches the other rsync without a shell in between. */
const destinationArgs = ({ destination, remoteRsync }: RestoreRequest): string[] =>
  destination.transport === "local"
    ? []
    : [
        "-s",
        `--rsh=${remoteShellText(destination.remoteShell)}`,
        ...(remoteRsync === "rsync" ? [] : [`--rsync-path=${remoteRsync}`]),
      ];

/** Names as `--files-from=- --from0` reads them. */
export const nameList = (names: readonly Uint8Array[]): Buffer =>
  Buffer.concat(names.flatMap((name) => [name, Buffer.from([0])]));
