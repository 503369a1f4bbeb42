// Reading contents and telling their checksums: the work of a program of its own, which may take its time.
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { createXXHash128 } from "hash-wasm";

const PIECE_BYTES = 1024 * 1024;
const NUL = 0;

/**
 * Reads paths (bytes, each with a NUL behind it) and writes a line for each, in their order: the XXH128 of the content, or
 * `!` and the code of the error. Links are not followed, and nothing but a plain file is read.
 */
export async function hashContents(input: Readable, output: Writable): Promise<void> {
  const hasher = await createXXHash128();
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  const hash = (path: Buffer): string => {
    let file: number | null = null;
    try {
      file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      if (!fstatSync(file).isFile()) return "!ENOTFILE";
      hasher.init();
      for (let bytes = readSync(file, piece); bytes > 0; bytes = readSync(file, piece))
        hasher.update(bytes === PIECE_BYTES ? piece : piece.subarray(0, bytes));
      return hasher.digest("hex");
    } catch (error) {
      return `!${(error as NodeJS.ErrnoException).code ?? "EUNKNOWN"}`;
    } finally {
      if (file !== null) closeSync(file);
    }
  };
  let carry = Buffer.alloc(0);
  for await (const chunk of input as AsyncIterable<Buffer>) {
    const text = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    let from = 0;
    for (let at = text.indexOf(NUL); at >= 0; at = text.indexOf(NUL, from)) {
      output.write(`${hash(text.subarray(from, at))}\n`);
      from = at + 1;
    }
    carry = Buffer.from(text.subarray(from));
  }
}
