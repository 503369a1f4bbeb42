// Text from a file or a stream that may have several lines, such as headers or a template.
import { createReadStream } from "node:fs";
import { Problem } from "../domain/problem.ts";

const LIMIT_BYTES = 65_536;

type TextSource = { readonly file: string } | { readonly stream: AsyncIterable<Uint8Array> };

/** Refuses with `bad_input` what cannot be read, is too long, or is no text. Never repeats any of it. */
export async function readGivenText(what: string, source: TextSource): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = "file" in source ? createReadStream(source.file, { end: LIMIT_BYTES }) : source.stream;
    for await (const part of stream) {
      parts.push(part);
      length += part.length;
      if (length > LIMIT_BYTES) break;
    }
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new Problem("bad_input", `${what} cannot be read from that file: ${code || message}.`, {
      hint: "Nothing was changed. Name a file that this user may read.",
      cause: error,
    });
  }
  if (length > LIMIT_BYTES) throw new Problem("bad_input", `${what} is longer than ${LIMIT_BYTES} bytes.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw new Problem("bad_input", `${what} is no text in UTF-8.`);
  }
}
