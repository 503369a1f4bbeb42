// Options of commands that look into a host's history: which snapshot, and which part of a long list.
import type { Command } from "commander";
import type { PageWish } from "../actions/look-into-history.ts";
import type { LookObserver } from "../actions/open-history.ts";
import type { ProblemFacts } from "../domain/problem.ts";
import { parseCount } from "../domain/quantity.ts";
import { shellWord } from "../domain/shell-word.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import type { CommandContext } from "./command.ts";
import type { Output } from "./output.ts";
import { instantText } from "./words.ts";

const LIMIT_MAX = 1_000_000_000;

export interface PageOptions {
  readonly limit?: string;
  readonly after?: string;
}

export const addPageOptions = (command: Command, cursor: string): Command =>
  command
    .option("--limit <n>", "show at most so many")
    .option(`--after <${cursor}>`, "only what comes after it: the next page");

/** `usual` is how many are shown when nobody says how many; null: all. */
export const pageWish = ({ limit, after }: PageOptions, usual: number | null): PageWish => ({
  limit: limit === undefined ? usual : parseCount("--limit", limit, 1, LIMIT_MAX),
  after: after ?? null,
});

export const SNAPSHOT_HELP =
  'latest, a name or how it begins, a day (2026-11-23) or a moment ("2026-11-23 14:00"): then the newest one by its end';

export const observerOf = ({ output, stop }: Pick<CommandContext, "output" | "stop">): LookObserver => ({
  onNote: output.note,
  stop,
});

/** Which snapshot is shown, for whoever did not name it as a whole. */
export const snapshotWords = (output: Output, { host, name, startedAt }: Snapshot): string =>
  output.style("dim", `${host} as of ${instantText(startedAt)} (${name})`);

/** The exit code when a host could not be looked into, and the others were. */
export const WARNINGS = 3;

export const leftOut = (host: string, problem: ProblemFacts): ProblemFacts => ({
  ...problem,
  message: `${host} was left out: ${problem.message}`,
});

export const NO_SNAPSHOTS = "There are no snapshots yet. Make one: pobsync backup HOST";

export const NO_HOST = "No host could be looked into.";

export const NO_MORE = "There is nothing after that.";

/** The command that shows the next part of a list, to be pasted: its words, with `last` behind the options of the page. */
export function moreText(
  output: Output,
  words: readonly string[],
  { limit }: PageOptions,
  next: string,
  last: readonly string[] = [],
): string {
  const page = [...(limit === undefined ? [] : ["--limit", limit]), "--after", next];
  const command = ["pobsync", ...words, ...page, ...last].map(shellWord).join(" ");
  return output.style("dim", `There is more: ${command}`);
}
