// Making one file like another by writing only where they differ.
import type { FileHandle } from "node:fs/promises";

const PIECE_BYTES = 1024 * 1024;
/** What a disk writes at once, and a hole is made of. */
const BLOCK_BYTES = 4096;

/** What should be copied is not there any more as it was. */
export class SourceChanged extends Error {}

/**
 * Writes the blocks of the first `size` bytes in which a file differs from its source. What lies behind stays: who calls
 * cuts it off, and lengthens a file that ends in a hole.
 *
 * A piece that cannot be read is written as a whole: that gives the disk the occasion to put it elsewhere.
 *
 * @throws SourceChanged when the source is shorter than that
 */
export async function copyDifferences(
  source: FileHandle,
  file: FileHandle,
  size: number,
  stop: AbortSignal,
): Promise<void> {
  const wanted = Buffer.alloc(PIECE_BYTES);
  const found = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; at < size; at += PIECE_BYTES) {
    stop.throwIfAborted();
    const length = Math.min(PIECE_BYTES, size - at);
    if ((await readPiece(source, wanted, length, at)) < length) throw new SourceChanged();
    const there = await readPiece(file, found, length, at).catch(unlessOurs);
    if (there === null) await writePiece(file, wanted, 0, wholeBlocks(length), at);
    else
      for (const { from, to } of differences(wanted, found, length))
        await writePiece(file, wanted, from, to, at);
  }
}

/** Fills the piece up to `length`, with zeros where the file has ended; returns how much it had. */
async function readPiece(file: FileHandle, piece: Buffer, length: number, at: number): Promise<number> {
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(piece, read, length - read, at + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  piece.fill(0, read, wholeBlocks(length));
  return read;
}

async function writePiece(
  file: FileHandle,
  piece: Buffer,
  from: number,
  to: number,
  at: number,
): Promise<void> {
  for (let written = from; written < to; ) {
    const { bytesWritten } = await file.write(piece, written, to - written, at + written);
    written += bytesWritten;
  }
}

/** Only a whole block can be written without reading what was there. Zeros behind the end are cut off with the rest. */
const wholeBlocks = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;

/** Runs of blocks that differ. */
function* differences(
  wanted: Buffer,
  found: Buffer,
  length: number,
): Generator<{ from: number; to: number }> {
  if (wanted.compare(found, 0, length, 0, length) === 0) return;
  let from: number | null = null;
  for (let at = 0; at < length; at += BLOCK_BYTES) {
    const end = Math.min(at + BLOCK_BYTES, length);
    const isSame = wanted.compare(found, at, end, at, end) === 0;
    if (!isSame) from ??= at;
    else if (from !== null) {
      yield { from, to: at };
      from = null;
    }
  }
  if (from !== null) yield { from, to: length };
}

function unlessOurs(error: NodeJS.ErrnoException): null {
  if (typeof error.code !== "string") throw error;
  return null;
}
