// Entries as ls -l shows them.
import type { EntryFacts, EntryType } from "../domain/entry.ts";
import { pathText } from "../domain/path-text.ts";
import type { Output } from "./output.ts";
import { instantText, sizeText } from "./words.ts";

const TYPE_LETTERS: Readonly<Record<EntryType, string>> = {
  ...{ f: "-", d: "d", l: "l", b: "b", c: "c", p: "p", s: "s" },
};
/** Set-uid, set-gid and sticky take the place of the x of the owner, the group and the others. */
const SPECIAL = ["s", "s", "t"] as const;

/** Type and permissions: "drwxr-sr-x". */
function modeText({ type, mode }: Pick<EntryFacts, "type" | "mode">): string {
  const triples = SPECIAL.map((letter, who) => {
    const bits = (mode >> (6 - 3 * who)) & 7;
    const isSpecial = ((mode >> (11 - who)) & 1) === 1;
    const canExecute = (bits & 1) === 1;
    const execute = isSpecial ? (canExecute ? letter : letter.toUpperCase()) : canExecute ? "x" : "-";
    return `${(bits & 4) === 0 ? "-" : "r"}${(bits & 2) === 0 ? "-" : "w"}${execute}`;
  });
  return TYPE_LETTERS[type] + triples.join("");
}

/** Mode, owner, size and time: the first columns of whatever lists entries. */
export const FACTS_HEAD = ["MODE", "OWNER", "SIZE", "CHANGED"];
export const SIZE_COLUMN = 2;

export const factsCells = (entry: EntryFacts): string[] => [
  modeText(entry),
  `${entry.uid}:${entry.gid}`,
  entry.type === "f" ? sizeText(entry.size) : "–",
  mtimeText(entry),
];

/** In the server's local time; one beyond what a calendar holds as seconds. */
function mtimeText({ mtimeSeconds }: EntryFacts): string {
  const mtime = new Date(mtimeSeconds * 1000);
  return Number.isNaN(mtime.getTime()) ? `@${mtimeSeconds}` : instantText(mtime);
}

/** Nobody sees a blank at the end of a line, and a table's columns swallow one at a beginning. */
const withSeenBlanks = (name: string): string =>
  name.replace(/^ +| +$/g, (blanks) => "\\x20".repeat(blanks.length));

/** A name in the colour of its type, and where a link points. */
export function nameText(output: Output, given: string, { type, target }: EntryFacts): string {
  const name = withSeenBlanks(given);
  if (type === "d") return `${output.style(["bold", "blue"], name)}/`;
  if (type === "l") return `${output.style("cyan", name)} -> ${pathText(target ?? new Uint8Array())}`;
  return name;
}
