// A tar archive of what lies in an open folder, made by tar while it is read.
import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import { Problem, printable } from "../domain/problem.ts";
import { startProgram } from "./program.ts";

export interface TarOrder {
  /** The archive's names are of what lies in here. It stays open until the archive has ended. */
  readonly folder: FileHandle;
  readonly names: readonly Uint8Array[];
  /** In place of the folder's own name, when the one name is `.`: what the archive calls it. Plain text. */
  readonly as?: string;
}

/**
 * Sparse files stay sparse, and owners are numbers: the names of this server's users mean nothing elsewhere. Nothing that
 * tar finds by itself is read as an option, a pattern or an escape.
 */
const TAR = [
  ...["tar", "--create", "--file=-", "--format=pax", "--sparse", "--xattrs", "--acls", "--numeric-owner"],
  // Records of 64 KiB, which is what a pipe holds. Without the time and the process in them, archives of the same are the same.
  ...["--blocking-factor=128", "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime"],
  ...["--one-file-system", "--no-unquote", "--quoting-style=escape", "--null", "--files-from=-"],
];

/**
 * What tar says although nothing is lacking that an archive can hold. It takes a file for a changed one when a backup makes
 * another link to it meanwhile.
 */
const HARMLESS =
  /: (socket ignored|file changed as we read it|file is on a different filesystem; not dumped)$/;
const FILES_CHANGED = 1;

/**
 * The archive, piece by piece. Links are entries of their own and never followed; devices and pipes are entries too.
 *
 * Throws `content_unreadable` when anything could not be read to its end: what came until then is no archive. Whoever stops
 * reading, or aborts `stop`, ends tar.
 */
export async function* tarStream(
  { folder, names, as }: TarOrder,
  stop: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  let output: Readable | null = null;
  let complaint: string | null = null;
  const program = startProgram([...TAR, ...(as === undefined ? [] : [renaming(as)])], {
    // The open folder itself, whatever became of its name.
    cwd: `/proc/${process.pid}/fd/${folder.fd}`,
    input: Buffer.concat(names.flatMap((name) => [name, Buffer.from([0])])),
    stop,
    takeOutput: (given) => {
      output = given;
    },
    onErrorLine: (line) => {
      if (HARMLESS.test(line)) return;
      complaint ??= line;
      program.kill();
    },
  });
  try {
    yield* piecesOf(output);
    const { code, startError, stderr } = await program.done;
    stop.throwIfAborted();
    if (complaint === null && (code === 0 || code === FILES_CHANGED)) return;
    throw unreadable(complaint ?? startError?.message ?? stderr.trim());
  } finally {
    program.kill();
    await program.done;
  }
}

/** What is cut short ends like what is whole: how it ended is what the program itself tells. */
async function* piecesOf(output: Readable | null): AsyncGenerator<Uint8Array, void, void> {
  if (output === null) return;
  try {
    yield* output as AsyncIterable<Buffer>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}

const unreadable = (why: string): Problem =>
  new Problem("content_unreadable", "Not everything could be read, so the archive was not finished.", {
    detail: printable(why),
  });

/** Names of entries and the targets of hard links begin with `.`; targets of symbolic links stay what they are. */
const renaming = (as: string): string => `--transform=s,^\\.,${as.replace(/[\\&,]/g, "\\$&")},rhS`;
