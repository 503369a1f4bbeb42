// How random the beginning of a stored file looks.
import { bitsPerByte } from "../domain/suspicious-change.ts";
import { openStored } from "./stored-file.ts";

/** Of fewer bytes even encrypted ones look readable. */
const BYTES_MIN = 4096;
const BYTES_MAX = 64 * 1024;

/** Bits a byte; null for what is short, no file, or cannot be read. @param path below the tree, without a slash before it */
export async function randomnessOf(tree: string, path: Buffer): Promise<number | null> {
  try {
    const found = await openStored(tree, path);
    if (found.kind !== "file") return null;
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of found.content) {
      pieces.push(piece as Buffer);
      bytes += (piece as Buffer).length;
      // Leaving the loop closes the file.
      if (bytes >= BYTES_MAX) break;
    }
    return bytes < BYTES_MIN ? null : bitsPerByte(Buffer.concat(pieces).subarray(0, BYTES_MAX));
  } catch {
    return null;
  }
}
