// Flushing the backup disk before anything on it gets its final name.
import { Problem } from "../domain/problem.ts";
import { runProgram } from "./program.ts";

/**
 * Flushes a whole file system.
 *
 * Without it before the rename, a power cut left a "finished" snapshot of 3,000 empty files; with it, none.
 * rsync's own --fsync would cost 6.7 times the time.
 */
export async function syncFileSystem(path: string): Promise<void> {
  const { code, stderr } = await runProgram(["sync", "-f", "--", path]);
  if (code !== 0)
    throw new Problem("server_write_failed", "The backup disk could not be flushed.", {
      detail: stderr.trim(),
    });
}

/** A disk takes this much in a second or two, so the flush at the end is never far behind. */
const FLUSH_EVERY_BYTES = 32 * 1024 * 1024;

/**
 * Flushes while a transfer goes on, each time so many bytes have come, so that the flush at its end is short.
 *
 * Returns a function that takes the number of bytes so far. One flush runs at a time; a failed one is left to the last
 * one, which says so.
 */
export function flushOnTheWay(path: string): (bytesSoFar: number) => void {
  let flushedAt = 0;
  let isFlushing = false;
  return (bytesSoFar) => {
    if (isFlushing || bytesSoFar - flushedAt < FLUSH_EVERY_BYTES) return;
    flushedAt = bytesSoFar;
    isFlushing = true;
    void runProgram(["sync", "-f", "--", path]).finally(() => {
      isFlushing = false;
    });
  };
}
