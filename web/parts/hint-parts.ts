// A hint taken apart: words, commands within a sentence, and commands that stand for themselves.

export interface HintPart {
  readonly kind: "words" | "command" | "line";
  readonly text: string;
}

/** After the program's name these are English, not commands. */
const NO_COMMAND = new Set(["as", "of", "is", "does", "has", "again", "signs", "once"]);
/** Words after which a sentence goes on. */
const GOES_ON = new Set(["lists", "shows", "makes", "or", "and", "(or"]);

/** What ends a sentence, or a part of one. */
const ENDS = /[.,;:)]+$/;

/** The command that begins with "pobsync" at that place; null when it is only the program that is spoken of. */
function commandAt(text: string, start: number): string | null {
  const words: string[] = [];
  let isQuoted = false;
  for (const word of text.slice(start).split(" ")) {
    if (
      words.length === 1 &&
      (!/^[a-z][a-z-]+[.,;:)]*$/.test(word) || NO_COMMAND.has(word.replace(ENDS, "")))
    )
      return null;
    if (!isQuoted && words.length > 1 && GOES_ON.has(word)) break;
    if ((word.match(/["']/g) ?? []).length % 2 === 1) isQuoted = !isQuoted;
    words.push(word);
    if (!isQuoted && words.length > 1 && /[.,;:)]$/.test(word)) break;
  }
  return words.length < 2 ? null : words.join(" ").replace(ENDS, "");
}

function pieces(text: string): { isCommand: boolean; text: string }[] {
  const found: { isCommand: boolean; text: string }[] = [];
  let from = 0;
  for (const { index } of text.matchAll(/(?<![\w/-])pobsync /g)) {
    const command = index < from ? null : commandAt(text, index);
    if (command === null) continue;
    found.push({ isCommand: false, text: text.slice(from, index) }, { isCommand: true, text: command });
    from = index + command.length;
  }
  return [...found, { isCommand: false, text: text.slice(from) }];
}

/** "Look at the plan: pobsync retention HOST. If …" is words, a command on a line of its own, and words. */
export function hintParts(text: string): HintPart[] {
  const all = pieces(text);
  const parts: HintPart[] = [];
  for (const [at, piece] of all.entries()) {
    const last = parts.at(-1);
    if (!piece.isCommand) {
      // What ended the command is not needed after a line of its own.
      const words = last?.kind === "line" ? piece.text.replace(/^[.,;\s]+/, "") : piece.text;
      if (words.trim() !== "") parts.push({ kind: "words", text: words });
      continue;
    }
    const [before = "", after = ""] = [all[at - 1]?.text.trim(), all[at + 1]?.text.trim()];
    const isBegun =
      before === "" || before.endsWith(":") || (last?.kind === "line" && /^,?(?: ?or)?$/.test(before));
    const isEnded = after === "" || /^(?:[.,;]|or\b)/.test(after);
    parts.push({ kind: isBegun && isEnded ? "line" : "command", text: piece.text });
  }
  return parts;
}
