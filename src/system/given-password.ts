// A password that was given by a file: what `cat` shows of it, without the end of the line.
import { createReadStream } from "node:fs";
import { Problem } from "../domain/problem.ts";

/** Far beyond any password. */
const LIMIT_BYTES = 4096;

/** What was read, without one line's end. Refuses with `bad_input` what has more lines, or is no text. */
export function passwordIn(bytes: Uint8Array, what: string): string {
  const refuse = (why: string): Problem => new Problem("bad_input", `${what} ${why}.`);
  if (bytes.length > LIMIT_BYTES) throw refuse("is too long for a password");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refuse("is no text in UTF-8");
  }
  const password = text.replace(/\r?\n$/, "");
  if (/[\r\n]/.test(password)) throw refuse("has more than one line");
  if (password === "") throw refuse("is empty");
  return password;
}

/** All that a stream has to give, or a little more than a password could be. */
export async function readGiven(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stream) {
    parts.push(part);
    length += part.length;
    if (length > LIMIT_BYTES) break;
  }
  return Buffer.concat(parts);
}

/** A link and a pipe will do as well: secrets of containers are links, and `<(pass show pobsync)` is a pipe. */
export async function readPasswordFile(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readGiven(createReadStream(path, { end: LIMIT_BYTES }));
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new Problem("bad_input", `The password cannot be read from that file: ${code || message}.`, {
      hint: "Nothing was changed. Name a file that holds the password alone and that this user may read.",
      detail: message,
      cause: error,
    });
  }
  return passwordIn(bytes, "The file");
}
