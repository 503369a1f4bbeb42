// What a command is made of, and what it gets to work with.
import type { Command } from "commander";
import type { App } from "../actions/app.ts";
import type { ProblemFacts } from "../domain/problem.ts";
import type { Output } from "./output.ts";

export interface ServeWish {
  readonly host?: string;
  readonly port?: number;
  /** Told what is a fault of ours. */
  readonly log: (problem: ProblemFacts) => void;
}

/** A console that runs. `setupCode` is for whoever makes the first account; null when there is one. */
export interface Serving {
  readonly url: string;
  readonly setupCode: string | null;
  readonly close: () => Promise<void>;
}

export interface CommandContext {
  readonly output: Output;
  /** Opens the database on first use; refuses with `database_missing` and its relatives. Closed by the program. */
  readonly app: () => Promise<App>;
  /** Where the database is or shall be, for `migrate`, which does not want it ready. */
  readonly databaseUrl: () => string;
  /** Where the console listens unless its command says otherwise. */
  readonly listen: () => { readonly host: string; readonly port: number };
  /** Starts the console; what is left out is as the environment says. */
  readonly serve: (wish: ServeWish) => Promise<Serving>;
  /** Aborted by the first Ctrl-C or SIGTERM, with a Problem as the reason. */
  readonly stop: AbortSignal;
  /** The exit code, when it is not 0. */
  readonly exit: (code: number) => void;
}

/** One file a command: it adds its arguments, options, help and action to the commander command it is given. */
export type DefineCommand = (command: Command, context: CommandContext) => void;

/** An example and the exit codes, at the end of each command's help. */
export function helpEnd(examples: readonly string[], exitCodes: string): string {
  return `\nExamples:\n${examples.map((example) => `  $ ${example}`).join("\n")}\n\nExit codes: ${exitCodes}`;
}
