// Names are bytes; this is the text form in which pobsync shows them (DESIGN, "Paths as text"), written a second
// time on purpose, so that tests don't judge the product by its own code.
import { isUtf8 } from "node:buffer";

/**
 * A backslash is `\\`; `\n` `\t` `\r` `\xHH` are the bytes of control characters, of those that turn the direction
 * of writing, and bytes that are not UTF-8; every other character is itself.
 */
export function pathText(path: Buffer | string): string {
  if (typeof path === "string") return escapeControls(path);
  if (isUtf8(path)) return escapeControls(path.toString());
  let text = "";
  for (let at = 0; at < path.length; ) {
    const length = [1, 2, 3, 4].find((n) => at + n <= path.length && isUtf8(path.subarray(at, at + n)));
    text += length ? escapeControls(path.toString("utf8", at, at + length)) : hex(path[at] ?? 0);
    at += length ?? 1;
  }
  return text;
}

/** The bytes that a text form stands for. @throws Error on an escape that pathText never writes */
export function pathBytes(text: string): Buffer {
  const parts = text.split(/(\\x[0-9a-f]{2}|\\[\s\S]?)/i).map((part, index) => {
    if (index % 2 === 0) return Buffer.from(part);
    if (part.length === 4) return Buffer.from(part.slice(2), "hex");
    const plain = { "\\\\": "\\", "\\n": "\n", "\\t": "\t", "\\r": "\r" }[part];
    if (plain === undefined) throw new Error(`"${part}" is no escape of a path`);
    return Buffer.from(plain);
  });
  return Buffer.concat(parts);
}

const NAMED: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r" };

const hex = (byte: number): string => `\\x${byte.toString(16).padStart(2, "0")}`;

/** Control characters (also those above 127), other line ends, and what turns the direction of writing. */
const UNSAFE = /[\\\p{Cc}\u2028\u2029\p{Bidi_Control}]/gu;

const escapeControls = (text: string): string =>
  text.replace(UNSAFE, (character) => NAMED[character] ?? [...Buffer.from(character)].map(hex).join(""));
