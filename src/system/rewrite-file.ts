// Writing into a stored file: the one exception from the rule that nothing in a snapshot is ever written to (ADR 19).
import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { copyDifferences, SourceChanged } from "./copy-differences.ts";
import {
  AttributeError,
  forgetAttributes,
  forgetCached,
  giveAttributesBack,
  isAsKept,
  type KeptFacts,
  keepAttributes,
} from "./kept-attributes.ts";
import { atStoredFile } from "./stored-file.ts";

/** A file as the catalog knows it. */
export interface KnownFile extends KeptFacts {
  readonly inode: number;
  readonly size: number;
}

/** One name of a stored file. */
export interface FilePlace {
  readonly tree: string;
  /** Below the tree, without a slash before it. */
  readonly path: Buffer;
  /** A folder of ours on the disk that the file has to be on. */
  readonly home: string;
}

export type Rewritten =
  | { readonly kind: "written" }
  | { readonly kind: "missing" }
  /** `why` is the end of a sentence, without a full stop. */
  | { readonly kind: "refused"; readonly why: string };

/**
 * Makes the content of a stored file that of another one, under all of its names at once; with `source` null only its mode
 * and its time are put right.
 *
 * Nothing is followed on the way, and only the very inode that is expected is opened. Only blocks that differ are written.
 * Mode, owner, attributes and time are as they were afterwards, also when it failed or was stopped in the middle.
 *
 * @param keep where its attributes are kept meanwhile
 */
export async function rewriteStored(
  place: FilePlace,
  known: KnownFile,
  source: Buffer | null,
  keep: string,
  stop: AbortSignal,
): Promise<Rewritten> {
  try {
    const found = await atStoredFile(place.tree, place.path, async (here): Promise<Rewritten> => {
      const file = await open(here, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        return await rewrite(file, place, known, source, keep, stop);
      } finally {
        await file.close();
      }
    });
    return found.kind === "other" ? { kind: "refused", why: STRANGER } : found;
  } catch (error) {
    stop.throwIfAborted();
    return refusal(error);
  }
}

const STRANGER = "something else lies there than the catalog knows";

async function rewrite(
  file: FileHandle,
  { home }: FilePlace,
  known: KnownFile,
  source: Buffer | null,
  keep: string,
  stop: AbortSignal,
): Promise<Rewritten> {
  const facts = await file.stat({ bigint: true });
  const { dev } = await stat(home, { bigint: true });
  if (!facts.isFile() || facts.ino !== BigInt(known.inode) || facts.dev !== dev)
    return { kind: "refused", why: STRANGER };
  const path = `/proc/${process.pid}/fd/${file.fd}`;
  await keepAttributes(path, keep, known);
  try {
    if (source !== null) await fill(file, source, known.size, stop);
  } finally {
    // Content first: with its time, a backup that looks at it takes it for whole.
    await file.sync();
    await giveAttributesBack(keep, path);
    await file.sync();
  }
  const after = await file.stat({ bigint: true });
  if (!isAsKept(after, known)) return { kind: "refused", why: "its mode or time could not be put back" };
  await forgetAttributes(keep);
  await forgetCached(path);
  return { kind: "written" };
}

async function fill(file: FileHandle, from: Buffer, size: number, stop: AbortSignal): Promise<void> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const source = await open(from, flags).catch(() => {
    throw new SourceChanged();
  });
  try {
    await copyDifferences(source, file, size, stop);
  } finally {
    await source.close();
  }
  if ((await file.stat()).size !== size) await file.truncate(size);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "this user may not write to it (EACCES)",
  EPERM: "it may not be written, as when it is immutable (EPERM)",
  EROFS: "it may only be read there, as all snapshots of btrfs (EROFS)",
  EIO: "the disk refused it (EIO)",
  ENOSPC: "the backup disk is full (ENOSPC)",
  EDQUOT: "the backup disk is full (EDQUOT)",
  ETXTBSY: "a program runs from it (ETXTBSY)",
  ELOOP: STRANGER,
  ENOTDIR: STRANGER,
};

/** What the system refused; anything else is a bug and is thrown. */
function refusal(error: unknown): Rewritten {
  if (error instanceof AttributeError)
    return { kind: "refused", why: `its attributes could not be kept: ${error.message}` };
  if (error instanceof SourceChanged)
    return { kind: "refused", why: "what it was to be mended from went away meanwhile" };
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return { kind: "missing" };
  if (typeof code !== "string") throw error;
  return { kind: "refused", why: REASONS[code] ?? `it could not be written (${code})` };
}
