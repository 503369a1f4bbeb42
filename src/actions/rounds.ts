// Rounds of a process that works for ever: waiting for the next one, which something may bring about earlier.

/** Resolves after the time, on `stop`, or when one of `events` has come, whatever is first. Leaves no timer behind. */
export async function whenOver(
  ms: number,
  stop: AbortSignal | null,
  events: readonly Promise<unknown>[] = [],
): Promise<void> {
  if (stop?.aborted === true) return;
  let timer: NodeJS.Timeout | undefined;
  let onStop: (() => void) | undefined;
  await Promise.race([
    ...events,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
      onStop = resolve;
      stop?.addEventListener("abort", onStop, { once: true });
    }),
  ]);
  clearTimeout(timer);
  if (onStop !== undefined) stop?.removeEventListener("abort", onStop);
}
