// Files of names, each with a NUL behind it, that are sorted and held against each other by programs: a set of a million names in
// memory takes a hundred megabytes.
import { dirname } from "node:path";
import { Problem } from "../domain/problem.ts";
import { type ProgramOptions, runProgram } from "./program.ts";

/** @throws Problem `server_write_failed` when the program says that it failed */
export async function mustRun(
  argv: readonly string[],
  options: ProgramOptions & { readonly stop: AbortSignal },
): Promise<void> {
  const { code, stderr, startError } = await runProgram(argv, options);
  options.stop.throwIfAborted();
  if (code !== 0)
    throw new Problem("server_write_failed", "The new tree could not be held against the host's list.", {
      detail: startError?.message ?? stderr.trim().slice(-1000),
    });
}

/** Sorts a list by its bytes into another file, each name once. */
export const sortNames = (from: string, into: string, stop: AbortSignal): Promise<void> =>
  mustRun(["sort", "-z", "-u", "-T", dirname(into), "-o", into, "--", from], { stop });

/**
 * Of two sorted lists what only one of them has.
 * @param which "first": only the first list has it
 * @param maxBytes no more of them is kept, and the last name may be cut off then
 */
export async function difference(
  first: string,
  second: string,
  which: "first" | "second",
  stop: AbortSignal,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<Buffer> {
  const columns = which === "first" ? ["-2", "-3"] : ["-1", "-3"];
  return outputOf(["comm", "-z", ...columns, "--", first, second], { stop }, maxBytes);
}

/** What a program prints, of which no more than so many bytes are kept. @throws as `mustRun` does */
export async function outputOf(
  argv: readonly string[],
  options: Parameters<typeof mustRun>[1],
  maxBytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const onOutput = (chunk: Buffer): void => {
    if (length < maxBytes) chunks.push(chunk);
    length += chunk.length;
  };
  await mustRun(argv, { ...options, onOutput });
  return Buffer.concat(chunks).subarray(0, Math.min(length, maxBytes));
}
