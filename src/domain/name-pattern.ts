// Patterns for names, as `find` takes them: part of a name, or a glob; of the name, or of the whole path.
import { charactersOf } from "./name-characters.ts";
import { badInput } from "./problem.ts";
import { shellWord } from "./shell-word.ts";

/** One step of a glob. `text` is one character; `set` matches what lies in one of its ranges, or in none of them. */
export type GlobToken =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "any" | "star" }
  | { readonly kind: "set"; readonly isNegated: boolean; readonly ranges: readonly Range[] };
type Range = readonly [from: string, to: string];

export interface NamePattern {
  /** It has a slash, so it is held against whole paths. */
  readonly isOfPath: boolean;
  /** Null: it is looked for anywhere, whatever its case. */
  readonly glob: readonly GlobToken[] | null;
  /** What is looked for when it is no glob, folded. */
  readonly part: string;
}

const LONGEST = 1000;
const ESCAPE = /\\(?:([\\ntr*?[\]])|x([0-9a-fA-F]{2}))/y;
const NAMED: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13 };
const encoder = new TextEncoder();

/**
 * Reads a pattern as a person types it: a path as text, in which `*`, `?` and `[…]` have their meaning from the shell
 * and are themselves behind a backslash. `*` also matches slashes. A glob with a slash may begin at any folder unless
 * it begins with a slash itself. Refuses with `bad_input`.
 */
export function parseNamePattern(given: string): NamePattern {
  if (given === "") throw badInput("The pattern", given, "is empty.");
  if (given.length > LONGEST) throw badInput("The pattern", given, `is longer than ${LONGEST} characters.`);
  const tokens = tokensOf(given);
  const isSlash = (token: GlobToken | undefined): boolean => token?.kind === "text" && token.text === "/";
  const isOfPath = tokens.some(isSlash);
  if (tokens.every(({ kind }) => kind === "text")) {
    const part = tokens.map((token) => (token.kind === "text" ? token.text : "")).join("");
    return { isOfPath, glob: null, part: folded(part) };
  }
  const anyFolder: GlobToken[] = [{ kind: "star" }, { kind: "text", text: "/" }];
  const glob = isOfPath && !isSlash(tokens[0]) ? [...anyFolder, ...tokens] : tokens;
  return { isOfPath, glob, part: "" };
}

/** The command that looks for a path or a part of a name, given as text, in all snapshots of a host. */
export function findCommand(text: string, host: string): string {
  const word = shellWord(text.replace(/[*?[]/g, "\\$&"));
  return text.startsWith("-")
    ? `pobsync find --host ${host} -- ${word}`
    : `pobsync find ${word} --host ${host}`;
}

function tokensOf(given: string): GlobToken[] {
  const tokens: GlobToken[] = [];
  let literal: number[] = [];
  // Neighbours belong together: a letter and its accent are one character.
  const flush = (): void => {
    const text = charactersOf(Uint8Array.from(literal)).normalize("NFC");
    for (const character of text) tokens.push({ kind: "text", text: character });
    literal = [];
  };
  for (let at = 0; at < given.length; ) {
    const set = given[at] === "[" ? setAt(given, at) : null;
    if (set !== null || given[at] === "*" || given[at] === "?") {
      flush();
      tokens.push(set?.token ?? { kind: given[at] === "*" ? "star" : "any" });
      at = set?.end ?? at + 1;
      continue;
    }
    const { bytes, end } = typedAt(given, at);
    literal.push(...bytes);
    at = end;
  }
  flush();
  return tokens;
}

/** The bytes of one character as it was typed, or of one escape. */
function typedAt(given: string, at: number): { bytes: Uint8Array; end: number } {
  const character = String.fromCodePoint(given.codePointAt(at) as number);
  if (character !== "\\")
    return { bytes: notNul(given, encoder.encode(character)), end: at + character.length };
  ESCAPE.lastIndex = at;
  const match = ESCAPE.exec(given);
  if (match === null)
    throw badInput(
      "The pattern",
      given,
      "has a backslash that starts no known escape (\\\\, \\*, \\?, \\[, \\n, \\t, \\r, \\xHH).",
    );
  const [, letter = "", hex] = match;
  const byte = hex === undefined ? (NAMED[letter] ?? letter.charCodeAt(0)) : Number.parseInt(hex, 16);
  return { bytes: notNul(given, Uint8Array.of(byte)), end: ESCAPE.lastIndex };
}

function notNul(given: string, bytes: Uint8Array): Uint8Array {
  if (bytes.includes(0)) throw badInput("The pattern", given, "contains a NUL byte, which no name can.");
  return bytes;
}

/** A set from `[` to its `]`; null when it is never closed: then the bracket means itself. */
function setAt(given: string, start: number): { token: GlobToken; end: number } | null {
  const isNegated = given[start + 1] === "!" || given[start + 1] === "^";
  const ranges: Range[] = [];
  let at = start + (isNegated ? 2 : 1);
  const one = (): string => {
    const { bytes, end } = typedAt(given, at);
    at = end;
    return charactersOf(bytes).normalize("NFC");
  };
  // A bracket that comes first is one of the set.
  for (let isFirst = true; at < given.length; isFirst = false) {
    if (given[at] === "]" && !isFirst) return { token: { kind: "set", isNegated, ranges }, end: at + 1 };
    const from = one();
    const isRange = given[at] === "-" && at + 1 < given.length && given[at + 1] !== "]";
    if (isRange) at += 1;
    ranges.push([from, isRange ? one() : from]);
  }
  return null;
}

/**
 * Without case, and composed: a name that a Mac wrote in pieces (e and its accent) is found as it is typed elsewhere.
 * The one capital whose small form is two letters stays as it is.
 */
export const folded = (text: string): string =>
  text
    .normalize("NFC")
    .replace(/[^İ]+/g, (part) => part.toLowerCase())
    .replaceAll("ς", "σ");

/** Whether a text is what the pattern is of: a name, or a whole path that begins with a slash. */
export const isMatch = ({ glob, part }: NamePattern, text: string): boolean =>
  glob === null ? folded(text).includes(part) : isGlobMatch(glob, [...text.normalize("NFC")]);

/** Goes back to the last star only, so that it never takes longer than the pattern's length times the text's. */
function isGlobMatch(tokens: readonly GlobToken[], text: readonly string[]): boolean {
  let [token, at] = [0, 0];
  let star: { token: number; at: number } | null = null;
  while (at < text.length) {
    const now = tokens[token];
    if (now?.kind === "star") {
      token += 1;
      star = { token, at };
    } else if (now !== undefined && isOne(now, text[at] ?? "")) {
      token += 1;
      at += 1;
    } else if (star !== null) {
      star = { token: star.token, at: star.at + 1 };
      [token, at] = [star.token, star.at];
    } else return false;
  }
  return tokens.slice(token).every(({ kind }) => kind === "star");
}

function isOne(token: GlobToken, character: string): boolean {
  if (token.kind === "text") return token.text === character;
  if (token.kind !== "set") return token.kind === "any";
  const code = codeOf(character);
  return token.isNegated !== token.ranges.some(([from, to]) => codeOf(from) <= code && code <= codeOf(to));
}

const codeOf = (character: string): number => character.codePointAt(0) ?? 0;
