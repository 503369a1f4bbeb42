// What SQL can say about names before anybody looks at them closely: it may let too much through, never too little.
import { bytesOfCharacter } from "../domain/name-characters.ts";
import { folded, type GlobToken, type NamePattern } from "../domain/name-pattern.ts";

export interface NameFilter {
  /** An SQL condition on `name`. */
  readonly where: string;
  readonly values: readonly (string | Uint8Array)[];
}

const EVERYTHING: NameFilter = { where: "1", values: [] };

const isAscii = (character: string): boolean => character < "\x80";

/**
 * Only ASCII is compared by SQL: it knows no other letters' case, and a letter with an accent may be stored in two ways.
 * A part without any ASCII is looked for in all the ways in which its first character may be stored.
 */
export function nameFilter({ isOfPath, glob, part }: NamePattern): NameFilter {
  if (glob !== null) return globFilter(isOfPath ? endOf(glob) : glob);
  // The part may lie in the folders above, of which a name says nothing.
  if (isOfPath) return EVERYTHING;
  const like = joined(
    [...part].map((character) => (isAscii(character) ? character.replace(/[%_\\]/, "\\$&") : null)),
    "%",
  );
  if (like === "%") return formsFilter([...part][0] ?? "");
  return { where: "name LIKE ? ESCAPE '\\'", values: [`%${like}%`] };
}

function globFilter(tokens: readonly GlobToken[]): NameFilter {
  const glob = joined(
    tokens.map((token) =>
      token.kind === "text" && isAscii(token.text) ? token.text.replace(/[*?[]/, "[$&]") : null,
    ),
    "*",
  );
  return glob === "*" ? EVERYTHING : { where: "name GLOB ?", values: [glob] };
}

/** Pieces, and one wildcard for each row of those that SQL cannot compare. */
function joined(pieces: readonly (string | null)[], wildcard: string): string {
  let text = "";
  let isOpen = false;
  for (const piece of pieces) {
    if (piece !== null) text += piece;
    else if (!isOpen) text += wildcard;
    isOpen = piece === null;
  }
  return text;
}

/** Of a glob that is held against whole paths, what the name itself must end with. */
function endOf(glob: readonly GlobToken[]): GlobToken[] {
  const from = glob.findLastIndex((token) => token.kind !== "text" || token.text === "/");
  return [{ kind: "star" }, ...glob.slice(from + 1)];
}

const LAST_CASED = 0x1ffff;

function formsFilter(character: string): NameFilter {
  const forms = new Set([character, character.normalize("NFD")]);
  for (let code = 0x80; code <= LAST_CASED; code += 1) {
    const other = String.fromCodePoint(code);
    if (folded(other) === character) forms.add(other).add(other.normalize("NFD"));
  }
  return {
    where: `(${[...forms].map(() => "instr(name, ?) > 0").join(" OR ")})`,
    values: [...forms].map((form) => Buffer.concat([...form].map(bytesOfCharacter))),
  };
}
