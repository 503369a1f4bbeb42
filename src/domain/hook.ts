// Hooks: commands that run on the host around a backup. A program and its arguments, never shell syntax.
import { badInput } from "./problem.ts";

const LENGTH_MAX = 2000;

/**
 * Splits a hook into its words: blanks separate, single or double quotes keep together, nothing else is special.
 *
 * There is no shell: pipes, variables and redirections belong into a script on the host.
 */
export function hookWords(hook: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (const c of hook) {
    if (quote !== null) {
      if (c === quote) quote = null;
      else word += c;
    } else if (c === "'" || c === '"') {
      quote = c;
      word ??= "";
    } else if (c === " ") {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? "") + c;
  }
  if (quote !== null) throw badInput("The hook", hook, "has a quote that is not closed.");
  if (word !== null) words.push(word);
  return words;
}

/** A hook as it is stored: the text that was typed, once it has been seen to make sense. */
export const parseHook = (given: unknown): string => parseProgram("The hook", given, "on the host");

/** The same of a program of this server that checks what a drill has restored. */
export const parseCheckCommand = (given: unknown): string =>
  parseProgram("The drill's command", given, "on this server");

function parseProgram(what: string, given: unknown, where: string): string {
  if (typeof given !== "string" || given.trim() === "") throw badInput(what, given ?? "", "is empty.");
  if (given.length > LENGTH_MAX) throw badInput(what, given, `is longer than ${LENGTH_MAX} characters.`);
  if (/[\p{Cc}\p{Cs}]/u.test(given)) throw badInput(what, given, "contains a control character.");
  if (/[|&;<>$`]/.test(given))
    throw badInput(
      what,
      given,
      `uses shell syntax. It is a program and its arguments; put the rest into a script ${where}.`,
    );
  const [program = ""] = hookWords(given);
  if (!program.startsWith("/"))
    throw badInput(what, given, "must begin with the absolute path of a program.");
  return given;
}
