// Files and folders of a snapshot for whoever downloads them, straight from the disk.
import { downloadName } from "../domain/archive-name.ts";
import { numberText } from "../domain/count-text.ts";
import type { EntryType } from "../domain/entry.ts";
import { bytesBelowRoot, type HostPath } from "../domain/host-path.ts";
import { pathBytes } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { openPlaceIn, openStoredIn } from "../system/decoded-place.ts";
import { decodedTar } from "../system/decoded-tar.ts";
import { namesIn, openPlace, openStoredFolder } from "../system/stored-file.ts";
import { tarStream } from "../system/tar-stream.ts";
import { countStored } from "../system/walk-stored.ts";
import { zipStream } from "../system/zip-stream.ts";
import type { App } from "./app.ts";
import { recordAudit } from "./audit.ts";
import { type LocatedPath, locatePath } from "./place-on-disk.ts";

/** The bytes of a file as they are, or an archive of a file or folder. */
export type DownloadFormat = "raw" | ArchiveFormat;
type ArchiveFormat = "tar" | "zip";

export interface Download {
  readonly snapshot: Snapshot;
  /** A name for the file that it becomes. */
  readonly name: string;
  /** Null: nobody knows before the end. */
  readonly bytes: number | null;
  /**
   * The bytes, to be asked for once; aborting `stop` lets go of everything, also when nobody has begun to read. What ends with
   * an error is not whole; the error is a Problem where it has a name.
   */
  readonly content: (stop: AbortSignal) => AsyncGenerator<Uint8Array, void, void>;
}

/** A zip lists its entries at its end, and all of them are in memory until then. */
const ZIP_ENTRIES_MAX = 200_000;

/**
 * Opens what is to be downloaded, and writes down who did.
 *
 * Refuses with `not_found`, with `bad_input` what the format cannot hold, and with what keeps it from being read. Nothing is
 * followed out of the snapshot. One that is removed meanwhile makes it end with an error.
 */
export async function openDownload(
  app: App,
  place: HostPath,
  snapshotGiven: string,
  format: DownloadFormat,
): Promise<Download> {
  const located = await locatePath(app, place, snapshotGiven);
  const { snapshot } = located;
  const opened = format === "raw" ? await openRaw(located) : await openArchive(located, place, format);
  await recordAudit(app, {
    ...{ action: "files.downloaded", subjectKind: "snapshot", subject: `${snapshot.host}/${snapshot.name}` },
    detail: { path: place.path, format },
  }).catch((error: unknown) => {
    opened.content(AbortSignal.abort());
    throw error;
  });
  const own = bytesOf(place.path.slice(place.path.lastIndexOf("/") + 1));
  const name = own.length === 0 ? bytesOf(`${snapshot.host}-${snapshot.name}`) : own;
  return { snapshot, name: downloadName(name, format === "raw" ? "" : `.${format}`), ...opened };
}

type Opened = Pick<Download, "bytes" | "content">;

const throwing = (problemOf: (error: unknown) => unknown) => (error: unknown) => {
  throw problemOf(error);
};

async function openRaw({ tree, path, snapshot, problemOf, refusal }: LocatedPath): Promise<Opened> {
  const kept = { tree, fakeSuper: snapshot.fakeSuper };
  const found = await openStoredIn(kept, bytesBelow(path)).catch(throwing(problemOf));
  if (found.kind === "file") {
    const { size, content } = found;
    const bytes = (stop: AbortSignal): AsyncIterable<Uint8Array> => {
      stop.addEventListener("abort", () => content.destroy(), { once: true });
      if (stop.aborted) content.destroy();
      return content;
    };
    return { bytes: size, content: named(bytes, problemOf) };
  }
  const problem = refusal(found);
  if (found.kind !== "other" || found.type !== "d") throw problem;
  throw new Problem("bad_input", problem.message, {
    hint: "A folder comes as an archive: format tar or zip.",
  });
}

/** What an archive is made of. `as` is what it is called there; empty: what lies in it has no folder around it. */
interface Source {
  readonly tree: string;
  readonly path: Buffer;
  readonly as: string;
  readonly isFolder: boolean;
  /** Owners, modes and kinds are in attributes. */
  readonly fakeSuper: boolean;
}

async function openArchive(located: LocatedPath, place: HostPath, format: ArchiveFormat): Promise<Opened> {
  const { problemOf } = located;
  const source = await sourceOf(located, place, format).catch(throwing(problemOf));
  if (format === "zip" && source.isFolder) await requireFewEntries(source).catch(throwing(problemOf));
  const pieces = async function* (stop: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    yield* format === "tar" ? tarOf(source, stop) : zipOf(source, stop);
    // Whatever was taken away from it by then may be missing without anybody having noticed.
    await located.requireStill();
  };
  return { bytes: null, content: named(pieces, problemOf) };
}

/** What an archive of that format has no place for. */
const UNFIT: Readonly<Record<ArchiveFormat, readonly EntryType[]>> = {
  tar: ["s"],
  zip: ["b", "c", "p", "s"],
};

/** Whatever is above the tree of another tool is ours and holds nothing else, so that tree is all there is. */
async function sourceOf(located: LocatedPath, { path }: HostPath, format: ArchiveFormat): Promise<Source> {
  const { tree, holds, above, refusal } = located;
  const { fakeSuper } = located.snapshot;
  const found = await openPlaceIn({ tree, fakeSuper }, bytesBelow(located.path));
  if (found.kind !== "place") throw refusal(found);
  await found.folder.close();
  const { type, target } = found;
  if (UNFIT[format].includes(type))
    throw refusal({ kind: "other", type, target, path: bytesBelow(located.path) });
  const from = path === "/" ? 1 : path.lastIndexOf("/") + 1;
  if (holds !== null)
    return {
      ...{ tree: holds.tree, path: Buffer.alloc(0), as: holds.hostPath.slice(from), isFolder: true },
      fakeSuper: false,
    };
  const kept = { tree, fakeSuper };
  if (located.path === "") return { ...kept, path: Buffer.alloc(0), as: above.slice(from), isFolder: true };
  return { ...kept, path: bytesBelow(located.path), as: path.slice(from), isFolder: type === "d" };
}

/** What tar makes of the tree, with what attributes say in the place of what its files are. */
const tarOf = (source: Source, stop: AbortSignal): AsyncGenerator<Uint8Array, void, void> =>
  source.fakeSuper ? decodedTar(plainTar(source, stop)) : plainTar(source, stop);

async function* plainTar(
  { tree, path, as }: Source,
  stop: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  if (path.length > 0) {
    const place = await openPlace(tree, path);
    if (place.kind !== "place") throw wentAway();
    try {
      return yield* tarStream({ folder: place.folder, names: [place.name] }, stop);
    } finally {
      await place.folder.close();
    }
  }
  const folder = await openStoredFolder(tree, path);
  if (folder === null) throw wentAway();
  try {
    if (as !== "") return yield* tarStream({ folder, names: [Buffer.from(".")], as: plain(as) }, stop);
    const names: Buffer[] = [];
    for await (const { name } of namesIn(folder)) names.push(name);
    yield* tarStream({ folder, names }, stop);
  } finally {
    await folder.close();
  }
}

const zipOf = ({ tree, path, as, fakeSuper }: Source, stop: AbortSignal) =>
  zipStream({ tree, path, as: bytesOf(as), fakeSuper }, stop);

async function requireFewEntries({ tree, path }: Source): Promise<void> {
  const found = await countStored(tree, path, ZIP_ENTRIES_MAX);
  if (found > ZIP_ENTRIES_MAX)
    throw new Problem(
      "bad_input",
      `There are more than ${numberText(ZIP_ENTRIES_MAX)} entries, too many for a zip.`,
      { hint: "Take a tar, or a folder in it." },
    );
}

const wentAway = (): Problem => new Problem("content_unreadable", "It went away before it was read.");

type Pieces = (stop: AbortSignal) => AsyncIterable<Uint8Array>;

/** The same, with names for its errors. */
const named =
  (pieces: Pieces, problemOf: (error: unknown) => unknown): Download["content"] =>
  (stop) =>
    withProblems(pieces(stop), problemOf);

async function* withProblems(
  pieces: AsyncIterable<Uint8Array>,
  problemOf: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* pieces;
  } catch (error) {
    throw problemOf(error);
  }
}

const bytesOf = (text: string): Uint8Array => pathBytes(text) ?? new Uint8Array();
const bytesBelow = (path: string): Buffer => Buffer.from(bytesBelowRoot(path));

/** A name that an argument of a program can hold. Only where another tool's tree begins it may be another than it was. */
const plain = (path: string): string => path.replace(/\\(?:[\\ntr]|x[0-9a-f]{2})/g, "_");
