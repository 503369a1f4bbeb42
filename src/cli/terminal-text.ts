// Text of unknown origin on its way to a terminal.

import { Transform } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { printable } from "../domain/problem.ts";

/** Lets lines and tabs through, and shows every other control character as an escape. */
export function forTerminal(): Transform {
  // A character may lie in two chunks.
  const decoder = new StringDecoder("utf8");
  return new Transform({
    transform: (chunk: Buffer, _, done) => done(null, harmless(decoder.write(chunk))),
    flush: (done) => done(null, harmless(decoder.end())),
  });
}

const harmless = (text: string): string => text.replace(/[^\n\t]+/g, printable);
