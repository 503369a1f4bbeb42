// The rsync command line that fetches single files of a host, pure. Only their contents matter.
import { type Origin, originArgs, rootOf } from "./rsync-args.ts";

export interface FetchRequest {
  readonly origin: Origin;
  readonly remoteRsync: string;
  /** Bytes a second; 0 means no limit. */
  readonly bwlimit: number;
  /** What is larger by now is another version. */
  readonly maxBytes: number;
  /** An empty folder; the files appear below it with their absolute paths. */
  readonly target: string;
  readonly isSandboxed: boolean;
}

/** One line for each file: what happened, size, name. */
const ITEM_FORMAT = "%i // %l // %n";

/**
 * The names come from standard input, NUL-separated.
 *
 * Neither `--recursive` nor `--links` nor `--devices`: where the host has something else than a file by now, nothing comes.
 * `--chmod`: what came can be read and removed whatever its mode was there.
 */
export function fetchArgs({
  origin,
  remoteRsync,
  bwlimit,
  maxBytes,
  target,
  isSandboxed,
}: FetchRequest): string[] {
  return [
    "rsync",
    "--relative",
    "--no-implied-dirs",
    "--perms",
    "--chmod=D0700,F0600",
    "--sparse",
    "--whole-file",
    `--max-size=${maxBytes}b`,
    "--stats",
    "--no-human-readable",
    "--info=progress2",
    `--out-format=${ITEM_FORMAT}`,
    ...(bwlimit > 0 ? [`--bwlimit=${Math.max(1, Math.floor(bwlimit / 1024))}k`] : []),
    ...(isSandboxed ? ["--blocking-io"] : []),
    ...originArgs(origin, remoteRsync),
    "--files-from=-",
    "--from0",
    "--",
    rootOf(origin),
    `${target}/`,
  ];
}
