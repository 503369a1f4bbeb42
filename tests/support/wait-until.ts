// Waiting for a condition, with a deadline that says what did not happen.
import { setTimeout as pause } from "node:timers/promises";

type Maybe<Value> = Value | null | undefined | false;

/**
 * Asks again every few milliseconds until the condition gives something truthy, and returns that.
 * @param options.what completes the sentence "waited … ms for"
 * @param options.deadlineMs default 10,000
 * @param options.everyMs how long it rests at most between two looks: default 50
 * @throws Error when the deadline passes; what the condition itself throws ends the wait
 */
export async function waitUntil<Value>(
  condition: () => Maybe<Value> | Promise<Maybe<Value>>,
  options: { what: string; deadlineMs?: number; everyMs?: number },
): Promise<Value> {
  const { deadlineMs = 10_000, everyMs: mostMs = 50 } = options;
  const giveUpAt = performance.now() + deadlineMs;
  for (let everyMs = Math.min(2, mostMs); ; everyMs = Math.min(everyMs * 2, mostMs)) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > giveUpAt) throw new Error(`waited ${deadlineMs} ms for ${options.what}`);
    await pause(everyMs);
  }
}
