// A line of text that a person may say of something: a reason, a name.
import { badInput } from "./problem.ts";

/** Control characters, separators of lines, and what turns the text of a terminal's line around. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** The text without blanks around it. Refuses with `bad_input` what is empty, too long or not one line. */
export function parseLine(what: string, given: unknown, charactersMax: number): string {
  const line = typeof given === "string" ? given.trim() : "";
  if (line === "") throw badInput(what, given ?? "", "is empty.");
  if ([...line].length > charactersMax)
    throw badInput(what, given, `is longer than ${charactersMax} characters.`);
  if (UNSAFE.test(line)) throw badInput(what, given, "contains a control character.");
  return line;
}
