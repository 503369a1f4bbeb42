// What a download is called, and names in archives that hold text and no bytes.
import { bytesOfCharacter, charactersOf } from "./name-characters.ts";

/** Stands in front of the two digits of a byte that no name in a zip may have. */
const MARK = "\ufffd";

const marked = (character: string): string =>
  [...bytesOfCharacter(character)]
    .map((byte) => MARK + byte.toString(16).toUpperCase().padStart(2, "0"))
    .join("");

/**
 * A path as a zip names it: its characters, and what is no text, moves a terminal's cursor, or separates folders elsewhere
 * as bytes, each with a mark in front of its digits. Two different paths never get the same name.
 */
export const zipName = (path: Uint8Array): string =>
  charactersOf(path)
    .replace(/[\p{Cc}\p{Cs}\\\ufffd]/gu, marked)
    // What is a letter of a drive where zips are opened as well.
    .replace(/^([a-zA-Z]):/, (_, letter: string) => letter + marked(":"));

const NAME_BYTES_MAX = 255;

/**
 * The name of a downloaded file: text of one line without a slash, as long as a name may be with its ending.
 *
 * What turns text around or cannot be seen becomes a `_`, so that nobody is shown another ending than the one it has.
 */
export function downloadName(name: Uint8Array, ending: string): string {
  const clean = new TextDecoder().decode(name).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd/\\]/gu, "_");
  const max = NAME_BYTES_MAX - ending.length;
  const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
  const characters = [...clean];
  while (bytesOf(characters.join("")) > max) characters.pop();
  return `${characters.join("") || "download"}${ending}`;
}
