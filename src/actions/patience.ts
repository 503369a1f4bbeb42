// Patience with a database that is away for a while: a restart, a lock, a full disk.
import { setTimeout as pause } from "node:timers/promises";
import { Problem } from "../domain/problem.ts";

const PAUSE_MS = 500;

/** Whether the database could not be reached or used, which may be over in a moment. */
const isDatabaseAway = (error: unknown): boolean =>
  error instanceof Problem && error.code === "database_unavailable";

/** For `catch`: passes over a database that is away, and over nothing else. */
export function whileDatabaseIsAway(error: unknown): void {
  if (!isDatabaseAway(error)) throw error;
}

/** Does it as often as needed while the database is away, for so long at most; then its last error is thrown. */
export async function patiently<T>(withinMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseAway(error) || performance.now() > deadline) throw error;
      await pause(PAUSE_MS);
    }
  }
}
