// Having contents read: by a program of its own with low priority, whose answers come as it goes.
import { Problem } from "../domain/problem.ts";
import { calmly } from "./calmly.ts";
import { runProgram } from "./program.ts";

/** The digest of a content (XXH128), or the code of the error that kept it from being read. */
export type Content = { readonly digest: Buffer } | { readonly error: string };

/**
 * Reads files and calls `take` with each one's place in the list and its content, in order.
 *
 * @param hasher the program, with its arguments
 */
export async function readContents(
  hasher: readonly string[],
  paths: readonly Buffer[],
  take: (at: number, content: Content) => void,
  stop: AbortSignal,
): Promise<void> {
  let at = 0;
  let carry = "";
  const input = Buffer.concat(paths.flatMap((path) => [path, Buffer.from([0])]));
  const onOutput = (chunk: Buffer): void => {
    const lines = (carry + chunk.toString("latin1")).split("\n");
    carry = lines.pop() ?? "";
    for (const line of lines) {
      take(at, line.startsWith("!") ? { error: line.slice(1) } : { digest: Buffer.from(line, "hex") });
      at += 1;
    }
  };
  const { stderr, startError } = await runProgram(calmly(hasher), { input, onOutput, stop });
  stop.throwIfAborted();
  if (at === paths.length) return;
  throw new Problem("server_write_failed", "The contents could not be read to their end.", {
    detail: startError?.message ?? stderr.trim(),
  });
}
