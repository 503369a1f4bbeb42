// A zip archive of what a snapshot holds at a path, made while it is read.
import type { FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream";
import { promisify } from "node:util";
import { crc32, createDeflateRaw, deflateRaw } from "node:zlib";
import { zipName } from "../domain/archive-name.ts";
import { pathText } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import { openRegular } from "./stored-file.ts";
import { entriesOf, type Found, type ZipOrder } from "./zip-entries.ts";
import {
  archiveEnd,
  directoryRecord,
  entryHead,
  entryTail,
  type StoredContent,
  type ZipEntry,
} from "./zip-records.ts";

type Pieces = AsyncGenerator<Buffer, void, void>;

/** Enough for text, and faster than most disks. */
const LEVEL = 1;
/** Files up to this are read as a whole, and those below the other are not worth the work. */
const SMALL_BYTES = 128 * 1024;
const TINY_BYTES = 512;
const PIECE_BYTES = 64 * 1024;
const LINK_MODE = 0o120_777;
/** Of a mode, what tells a file from a folder. */
const FORMAT_BITS = 0o170_000;
/** Names in the comment, and its characters. */
const LEFT_OUT_MAX = 100;
const COMMENT_MAX = 60_000;

/**
 * The archive, piece by piece. A symbolic link is an entry that holds where it points, as zips have it; what is neither file,
 * folder nor link has no place in a zip, and the archive's comment names it.
 *
 * Throws what reading throws, and then what came until then is no archive. Whoever stops reading, or aborts `stop`, ends it.
 */
export const zipStream = (order: ZipOrder, stop: AbortSignal): Pieces => gathered(archiveOf(order, stop));

async function* archiveOf(order: ZipOrder, stop: AbortSignal): Pieces {
  let offset = 0;
  const directory = newDirectory();
  const leftOut: string[] = [];
  for await (const [path, found] of entriesOf(order, stop)) {
    stop.throwIfAborted();
    const pieces = entryPieces(path, found, stop);
    if (pieces === null) {
      leftOut.push(pathText(path));
      continue;
    }
    const { entry, stored, length } = yield* pieces;
    directory.add(directoryRecord(entry, stored, offset));
    offset += length;
  }
  const whole = directory.blocks();
  yield* whole;
  const bytes = whole.reduce((sum, block) => sum + block.length, 0);
  yield archiveEnd(directory.count(), bytes, offset, commentOf(leftOut));
}

interface Written {
  readonly entry: ZipEntry;
  readonly stored: StoredContent;
  /** Bytes of the archive, its records included. */
  readonly length: number;
}

type EntryPieces = AsyncGenerator<Buffer, Written, void>;

/** Null: a zip cannot hold it. */
function entryPieces(path: Uint8Array, found: Found, stop: AbortSignal): EntryPieces | null {
  const { facts, decoded, here } = found;
  const { mtimeMs } = facts;
  const mode = decoded === null ? facts.mode : (facts.mode & FORMAT_BITS) | decoded.mode;
  const target = decoded?.target ?? found.target;
  const name = zipName(path);
  const entry = { name: Buffer.from(name), mode, mtimeMs };
  if (facts.isFile() && (decoded === null || decoded.type === "f")) return filePieces(entry, here, stop);
  if (facts.isDirectory()) return wholePieces({ ...entry, name: Buffer.from(`${name}/`) }, Buffer.alloc(0));
  return target === null ? null : wholePieces({ ...entry, mode: LINK_MODE }, target);
}

type EntryStart = Pick<ZipEntry, "name" | "mode" | "mtimeMs">;

async function* filePieces(start: EntryStart, here: Buffer, stop: AbortSignal): EntryPieces {
  const { handle, size } = await openRegular(here);
  try {
    if (size <= SMALL_BYTES) return yield* wholePieces(start, await readWhole(handle, size));
    return yield* streamedPieces({ ...start, size, isDeflated: true, stored: null }, handle, stop);
  } finally {
    await handle.close();
  }
}

const deflated = promisify(deflateRaw);

async function* wholePieces(start: EntryStart, content: Buffer): EntryPieces {
  const smaller = content.length < TINY_BYTES ? content : await deflated(content, { level: LEVEL });
  const isDeflated = smaller.length < content.length;
  const data = isDeflated ? smaller : content;
  const stored = { crc: crc32(content), bytes: data.length };
  const entry = { ...start, size: content.length, isDeflated, stored };
  const piece = Buffer.concat([entryHead(entry), data]);
  yield piece;
  return { entry, stored, length: piece.length };
}

async function* streamedPieces(entry: ZipEntry, handle: FileHandle, stop: AbortSignal): EntryPieces {
  let [crc, size, bytes] = [0, 0, 0];
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      crc = crc32(chunk, crc);
      size += chunk.length;
      yield chunk;
    }
  };
  const content = handle.createReadStream({ autoClose: false, highWaterMark: SMALL_BYTES });
  // Whoever reads what comes out of it hears of every error.
  const output = pipeline(
    content,
    counted,
    createDeflateRaw({ level: LEVEL, chunkSize: PIECE_BYTES }),
    () => {},
  );
  const end = (): void => void content.destroy();
  stop.addEventListener("abort", end, { once: true });
  const head = entryHead(entry);
  try {
    yield head;
    for await (const piece of output as AsyncIterable<Buffer>) {
      bytes += piece.length;
      yield piece;
    }
  } finally {
    stop.removeEventListener("abort", end);
    output.destroy();
  }
  if (size !== entry.size) throw changedLength();
  const stored = { crc, bytes };
  const tail = entryTail(entry, stored);
  yield tail;
  return { entry, stored, length: head.length + bytes + tail.length };
}

async function readWhole(handle: FileHandle, size: number): Promise<Buffer> {
  // One byte more than there should be, to notice that there is one.
  const buffer = Buffer.allocUnsafe(size + 1);
  let at = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, at, buffer.length - at, at);
    at += bytesRead;
    if (bytesRead === 0 || at > size) break;
  }
  if (at !== size) throw changedLength();
  return buffer.subarray(0, size);
}

const changedLength = (): Problem =>
  new Problem("content_unreadable", "A file has another length than it had a moment ago.");

const BLOCK_RECORDS = 512;

/** The directory as it grows: a buffer for each of a million entries would take much more than what is in them. */
function newDirectory() {
  const blocks: Buffer[] = [];
  let recent: Buffer[] = [];
  let count = 0;
  const close = (): void => {
    blocks.push(Buffer.concat(recent));
    recent = [];
  };
  return {
    add(record: Buffer): void {
      count += 1;
      recent.push(record);
      if (recent.length === BLOCK_RECORDS) close();
    },
    count: () => count,
    blocks(): readonly Buffer[] {
      close();
      return blocks;
    },
  };
}

/** Small pieces together, so that a thousand small files are not a thousand packets. */
async function* gathered(pieces: Pieces): Pieces {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    bytes += piece.length;
    if (bytes < PIECE_BYTES) continue;
    yield Buffer.concat(waiting);
    [waiting, bytes] = [[], 0];
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

/** Comments are of an alphabet of their own, of which this takes what it shares with all others. */
function commentOf(leftOut: readonly string[]): string {
  if (leftOut.length === 0) return "";
  const names = leftOut.slice(0, LEFT_OUT_MAX).join(", ").slice(0, COMMENT_MAX);
  const more = leftOut.length > LEFT_OUT_MAX ? ` and ${leftOut.length - LEFT_OUT_MAX} more` : "";
  const said = `Left out, because a zip holds no devices, pipes and sockets: ${names}${more}`;
  return said.replace(/[^\x20-\x7e]/gu, "?");
}
