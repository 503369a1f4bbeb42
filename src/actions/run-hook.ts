// Hooks: a program of the host before and after the transfer.

import { hookWords } from "../domain/hook.ts";
import { Problem } from "../domain/problem.ts";
import { durationText } from "../domain/quantity.ts";
import type { Phase } from "../domain/run.ts";
import type { Settings } from "../domain/settings.ts";
import { runProgramWithin } from "../system/program.ts";
import { printableLines } from "../system/ssh-failure.ts";
import type { ReachedHost } from "./reach-host.ts";

/** Of what a hook said, the end counts. */
const SAID_MAX = 2000;

/**
 * Runs a hook where the files are. Returns its Problem, or null when it went well.
 *
 * The pre hook is called off together with the run; the post hook is not, because it puts back what the other changed.
 */
async function runHook(
  which: "pre" | "post",
  hook: string,
  reached: ReachedHost,
  timeoutSeconds: number,
): Promise<Problem | null> {
  const words = hookWords(hook);
  const timeoutMs = timeoutSeconds * 1000;
  const stop = which === "pre" ? reached.stop : undefined;
  const result = await (reached.connection === null
    ? runProgramWithin(timeoutMs, words, stop === undefined ? {} : { stop })
    : reached.connection.run(words, timeoutMs, stop));
  if (result.code === 0) return null;
  const broken = reached.connection?.broken() ?? null;
  if (broken !== null) return broken;
  const how = result.timedOut
    ? `did not end within ${durationText(timeoutSeconds)} and may still be running there`
    : `ended with exit code ${result.code ?? result.signal}`;
  const said = [result.output.toString("utf8"), result.stderr]
    .map((text) => printableLines(text.slice(-SAID_MAX).trim()))
    .filter((text) => text !== "")
    .join("\n");
  return new Problem("hook_failed", `The ${which}-backup hook ${how}: ${hook}`, {
    detail: said === "" ? null : said,
  });
}

/**
 * Does the work between its hooks. A failed pre hook stops it, unless the host says otherwise; once the pre hook was
 * started, the post hook runs in any case.
 */
export async function withHooks<T>(
  settings: Settings,
  reached: ReachedHost,
  onPhase: (phase: Phase) => Promise<void>,
  work: () => Promise<T>,
): Promise<{ result: T; warnings: Problem[] }> {
  const { preHook, postHook, hookFailure, hookTimeoutSeconds } = settings;
  const warnings: Problem[] = [];
  const after = async (): Promise<void> => {
    const problem = postHook === null ? null : await runHook("post", postHook, reached, hookTimeoutSeconds);
    if (problem !== null) warnings.push(problem);
  };
  let result: T;
  try {
    if (preHook !== null) {
      await onPhase("pre-hook");
      const problem = await runHook("pre", preHook, reached, hookTimeoutSeconds);
      if (problem !== null && hookFailure === "fail") throw problem;
      if (problem !== null) warnings.push(problem);
    }
    result = await work();
    if (postHook !== null) await onPhase("post-hook");
  } catch (error) {
    await after();
    throw error;
  }
  await after();
  return { result, warnings };
}
