// Lines of a file, or of what is piped into this program, however long that is.
import { createReadStream } from "node:fs";
import { addAbortSignal, type Readable } from "node:stream";
import { Problem } from "../domain/problem.ts";

/** What comes from stdin. */
export const STDIN = "-";

/** Content of a file or of stdin, piece by piece. Refuses with `bad_input` what cannot be read. */
export async function* givenChunks(path: string, stop: AbortSignal): AsyncGenerator<Buffer> {
  const stream: Readable = path === STDIN ? process.stdin : createReadStream(path);
  try {
    for await (const chunk of addAbortSignal(stop, stream)) yield chunk;
  } catch (error) {
    if (stop.aborted) throw stop.reason;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof Problem) throw error;
    throw new Problem("bad_input", `${path === STDIN ? "stdin" : path} cannot be read: ${code}.`, {
      hint: "Nothing was changed. Name a file that this user may read, or - for what is piped in.",
      detail: message,
      cause: error,
    });
  }
}

/** What keeps content from being lines. */
export type LineFault = "cut-short" | "too-long";

/**
 * Its lines as bytes, without their ends. Cut only at line feeds, because texts in JSON hold other characters that some call
 * the end of a line.
 */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  bytesMax: number,
  fault: (what: LineFault) => Error,
): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const last = chunk.subarray(from, end);
      from = end + 1;
      if (length + last.length > bytesMax) throw fault("too-long");
      yield parts.length === 0 ? last : Buffer.concat([...parts, last]);
      parts = [];
      length = 0;
    }
    const rest = chunk.subarray(from);
    length += rest.length;
    if (length > bytesMax) throw fault("too-long");
    if (rest.length > 0) parts.push(rest);
  }
  if (length > 0) throw fault("cut-short");
}
