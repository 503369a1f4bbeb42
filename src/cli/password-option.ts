// Where a command gets a password from: stdin, a file, or a person at the keyboard. Never from its arguments, which all can see.
import type { Command } from "commander";
import { givenPassword } from "../actions/people/given-password.ts";
import { badInput, Problem } from "../domain/problem.ts";
import { askSecrets } from "./ask-secret.ts";

export interface PasswordOptions {
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
}

export const addPasswordOptions = (command: Command): Command =>
  command
    .option("--password-stdin", "read the password from stdin; without this it is asked for, twice")
    .option("--password-file <file>", "read the password from a file that holds nothing else");

/** Refuses with `bad_input` where nobody can be asked, or the two answers differ. */
export async function passwordFrom(
  { passwordStdin = false, passwordFile }: PasswordOptions,
  username: string,
  stop: AbortSignal,
): Promise<string> {
  if (passwordStdin && passwordFile !== undefined)
    throw badInput("--password-file", passwordFile, "and --password-stdin contradict each other.");
  if (passwordFile !== undefined) return givenPassword({ file: passwordFile });
  if (passwordStdin) return givenPassword({ stream: process.stdin });
  if (process.stdin.isTTY !== true)
    throw new Problem("bad_input", "There is no terminal to ask for the password at.", {
      hint: "Nothing was changed. Give it with --password-stdin or --password-file FILE.",
    });
  const [once = "", again = ""] = await askSecrets([`Password of ${username}`, "The same again"], stop);
  if (once === again) return once;
  throw new Problem("bad_input", "The two are not the same.", { hint: "Nothing was changed. Try again." });
}
