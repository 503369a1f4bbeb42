// The rsync that pobsync really runs, seen while it runs: the baselines must be that very command.
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { CommandResult } from "../tests/support/pobsync.ts";
import { processesBelow } from "../tests/support/processes.ts";
import type { Site } from "./site.ts";

/** What pobsync gives its programs, see src/system/program.ts; `requireSeen` compares this as well. */
export const ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/nonexistent",
  LC_ALL: "C",
};

export type Seen = { readonly argv: readonly string[]; readonly env: readonly string[] };

/**
 * Runs a command of pobsync, which is not measured, and looks at the first rsync below it whose command line matches.
 * @throws Error when the command fails or no such rsync was seen
 */
export async function seeRsync(
  site: Site,
  args: readonly string[],
  pattern: RegExp,
): Promise<{ seen: Seen; result: CommandResult }> {
  const command = site.pobsync.start(...args, "--json");
  let over = false;
  const ended = command.ended.finally(() => {
    over = true;
  });
  let seen: Seen | null = null;
  while (!over && seen === null) {
    seen = rsyncBelow(command.pid, pattern);
    await pause(2);
  }
  const result = await ended;
  if (result.code !== 0)
    throw new Error(`pobsync ${args.join(" ")} ended with ${result.code}: ${result.stderr}`);
  if (seen === null) throw new Error("saw no rsync below pobsync, so nobody knows what it ran");
  return { seen, result };
}

/** @throws Error with both command lines when what was seen isn't what the baseline runs, in arguments or environment */
export function requireSeen(seen: Seen, argv: readonly string[]): void {
  const expected = [...argv, ...environmentLines()];
  const actual = [...seen.argv, ...seen.env.toSorted()];
  if (comparable(actual) !== comparable(expected))
    throw new Error(
      `pobsync runs another rsync than the baseline would.\npobsync: ${actual.join(" ")}\nbaseline: ${expected.join(" ")}`,
    );
}

/** pobsync's ssh words name its folder of the moment; rsync hardly cares which words start its ssh. */
const comparable = (words: readonly string[]): string =>
  words.filter((word) => !word.startsWith("--rsh=")).join("\n");

const environmentLines = (): string[] =>
  Object.entries(ENVIRONMENT)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted();

/** Arguments and environment of the rsync below that process, once it is there. */
function rsyncBelow(pid: number, pattern: RegExp): Seen | null {
  const found = processesBelow(pid).find(({ command }) => pattern.test(command));
  if (found === undefined) return null;
  const words = (file: string) => wordsOf(`/proc/${found.pid}/${file}`);
  // sh, in whose place rsync was started, adds these.
  const env = words("environ").filter((line) => !/^(PWD|OLDPWD|SHLVL|_)=/.test(line));
  return env.length === 0 ? null : { argv: words("cmdline"), env };
}

function wordsOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\0").slice(0, -1);
  } catch {
    return []; // It ended while we looked.
  }
}
