// Tables for people: aligned columns, a bold head, no frames.
import { stripVTControlCharacters } from "node:util";
import type { Output } from "./output.ts";

const GAP = "  ";
/** Takes no room of its own: combining marks, joiners, variation selectors. */
const ZERO_WIDTH = /[\p{M}\p{Cf}]/gu;
/** Takes two columns on a terminal: East Asian wide characters and pictures. */
const DOUBLE_WIDTH = /[ᄀ-ᅟ⺀-〾ぁ-㏿㐀-䶿一-鿿ꀀ-꓏가-힣豈-﫿︰-﹏＀-｠￠-￦]|\p{Emoji_Presentation}/gu;

/** Columns that a text takes on a terminal. Most text is plain, and the expressions are then never run. */
function widthOf(text: string): number {
  const bare = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(bare)) return bare.length;
  const shown = bare.replace(ZERO_WIDTH, "");
  return [...shown].length + (shown.match(DOUBLE_WIDTH)?.length ?? 0);
}

/** Rows of text under a head. Columns named in `right` are aligned to the right. */
export function tableText(
  output: Output,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const lines = [head.map((title) => output.style(["bold", "dim"], title)), ...rows];
  // A list may be longer than what a function takes as arguments.
  const widths = head.map((_, column) =>
    lines.reduce((widest, line) => Math.max(widest, widthOf(line[column] ?? "")), 0),
  );
  const cell = (text: string, column: number): string => {
    const blanks = " ".repeat((widths[column] ?? 0) - widthOf(text));
    return right.includes(column) ? blanks + text : text + blanks;
  };
  return lines.map((line) => line.map(cell).join(GAP).trimEnd()).join("\n");
}

/** Names and values, one a line. */
export const pairsText = (output: Output, pairs: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${output.style("dim", name.padEnd(width))}  ${value}`).join("\n");
};
