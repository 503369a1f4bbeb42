// Waiting for a condition, with a deadline that says what did not happen.
import { setTimeout as pause } from "node:timers/promises";

/**
 * Asks again every few milliseconds until the condition gives something truthy, and returns that.
 * @param options.what completes the sentence "waited … ms for"
 * @param options.deadlineMs default 10,000
 * @throws Error when the deadline passes; what the condition itself throws ends the wait
 */
export async function waitUntil<Value>(
  condition: () => Value | Promise<Value>,
  options: { what: string; deadlineMs?: number },
): Promise<Value> {
  const deadlineMs = options.deadlineMs ?? 10_000;
  const giveUpAt = performance.now() + deadlineMs;
  for (let everyMs = 2; ; everyMs = Math.min(everyMs * 2, 50)) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > giveUpAt) throw new Error(`waited ${deadlineMs} ms for ${options.what}`);
    await pause(everyMs);
  }
}
