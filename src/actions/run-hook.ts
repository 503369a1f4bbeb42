// Hooks: a program of the host before and after the transfer.

import { hookWords } from "../domain/hook.ts";
import { Problem } from "../domain/problem.ts";
import { runProgramWithin } from "../system/program.ts";
import { printableLines } from "../system/ssh-failure.ts";
import type { ReachedHost } from "./reach-host.ts";

/** Runs a hook where the files are. Returns its Problem, or null when it went well. */
export async function runHook(
  which: "pre" | "post",
  hook: string,
  reached: ReachedHost,
  timeoutSeconds: number,
): Promise<Problem | null> {
  const words = hookWords(hook);
  const timeoutMs = timeoutSeconds * 1000;
  const result = await (reached.connection === null
    ? runProgramWithin(timeoutMs, words)
    : reached.connection.run(words, timeoutMs));
  if (result.code === 0) return null;
  const broken = reached.connection?.broken() ?? null;
  if (broken !== null) return broken;
  const how = result.timedOut
    ? `did not end within ${timeoutSeconds} seconds`
    : `ended with exit code ${result.code ?? result.signal}`;
  const said = printableLines(
    `${result.output.toString("utf8").slice(-2000)}\n${result.stderr.slice(-2000)}`.trim(),
  );
  return new Problem("hook_failed", `The ${which}-backup hook ${how}: ${hook}`, {
    detail: said === "" ? null : said,
  });
}
