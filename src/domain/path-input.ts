// What a person may type as a path or a pattern.
import { pathBytes, pathText } from "./path-text.ts";
import { badInput } from "./problem.ts";

/** Linux's PATH_MAX and NAME_MAX, in bytes. */
const PATH_BYTES_MAX = 4095;
const NAME_BYTES_MAX = 255;
const PATTERN_BYTES_MAX = 2000;

function decode(what: string, given: unknown, bytesMax: number): Uint8Array {
  if (typeof given !== "string" || given === "") throw badInput(what, given ?? "", "is empty.");
  // Length first: nothing long is taken apart. An escape is at most four characters a byte.
  if (given.length > bytesMax * 4) throw badInput(what, given, `is longer than ${bytesMax} bytes.`);
  const bytes = pathBytes(given);
  if (bytes === null)
    throw badInput(what, given, "has a backslash that starts no known escape (\\\\, \\n, \\t, \\r, \\xHH).");
  if (bytes.includes(0)) throw badInput(what, given, "contains a NUL byte, which no path can.");
  if (bytes.length > bytesMax) throw badInput(what, given, `is longer than ${bytesMax} bytes.`);
  if (/[\p{Cc}\p{Cs}]/u.test(given))
    throw badInput(what, given, "contains a control character; write it as \\n, \\t or \\xHH.");
  return bytes;
}

/**
 * An absolute path as text, tidied: no repeated or trailing slashes.
 *
 * `.` and `..` are refused rather than resolved, because the path is meant for another machine's file system.
 */
export function parseAbsolutePath(what: string, given: unknown): string {
  const text = pathText(decode(what, given, PATH_BYTES_MAX));
  if (!text.startsWith("/")) throw badInput(what, given, "is not absolute: it must begin with a slash.");
  const names = text.split("/").filter((name) => name !== "");
  if (names.some((name) => name === "." || name === ".."))
    throw badInput(what, given, "contains . or .. ; write the path without them.");
  for (const name of names) {
    // A character has three bytes at most for each of its units, and those of a short name need not be counted.
    if (name.length * 3 > NAME_BYTES_MAX && (pathBytes(name)?.length ?? 0) > NAME_BYTES_MAX)
      throw badInput(what, given, "has a name longer than 255 bytes.");
  }
  return `/${names.join("/")}`;
}

/** A path on this server that becomes an argument of a program: absolute, and without anything invisible. */
export function parseServerPath(what: string, given: unknown): string {
  const path = parseAbsolutePath(what, given);
  if (path.includes("\\"))
    throw badInput(what, given, "contains a backslash or unusual bytes; pick a plainer path.");
  return path;
}

/** An rsync pattern for --include or --exclude, which reaches rsync as a filter rule and never as an option. */
export function parsePattern(what: string, given: unknown): string {
  if (typeof given !== "string" || given === "") throw badInput(what, given ?? "", "is empty.");
  if (new TextEncoder().encode(given).length > PATTERN_BYTES_MAX)
    throw badInput(what, given, `is longer than ${PATTERN_BYTES_MAX} bytes.`);
  if (/[\p{Cc}\p{Cs}]/u.test(given))
    throw badInput(
      what,
      given,
      "contains a control character; use ? for it, which matches any one character.",
    );
  return given;
}
