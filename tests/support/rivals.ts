// Processes that are let loose on a database at the same moment.
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const storeRival = fileURLToPath(new URL("./store-rival.ts", import.meta.url));

/**
 * Starts a process for each list of arguments, waits until all are ready, lets them go at once, and returns what each
 * of them found.
 * @param program what they run: says "ready", goes on when its stdin is closed, ends with JSON
 * @throws Error with the words of those that failed, or that complained
 */
export async function race<Result>(
  rivals: readonly (readonly string[])[],
  program = storeRival,
): Promise<Result[]> {
  const running = rivals.map((args) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: "pipe" });
    const ready = new Promise<void>((resolve) => {
      child.stdout.once("data", () => resolve());
      child.once("close", () => resolve());
    });
    const ended = new Promise<number | string>((resolve) => {
      child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
    });
    return { child, ready, result: Promise.all([text(child.stdout), text(child.stderr), ended]) };
  });
  await Promise.all(running.map(({ ready }) => ready));
  for (const { child } of running) child.stdin.end();
  const results = await Promise.all(running.map(({ result }) => result));
  const failures = results
    .filter(([, stderr, status]) => status !== 0 || stderr !== "")
    .map(([, stderr, status]) => `${status}: ${stderr}`);
  if (failures.length > 0) throw new Error(`${failures.length} rivals failed: ${failures.join("\n")}`);
  return results.map(([stdout]) => JSON.parse(stdout.replace(/^ready\n/, "")) as Result);
}
