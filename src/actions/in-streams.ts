// Transfers side by side, as one.
import type { Seen } from "../domain/limits.ts";
import type { Progress } from "../domain/run.ts";
import type { TransferHooks, TransferResult } from "../system/transfer.ts";
import { isWhole, sideBySide } from "./sandbox-steps.ts";

/** What one stream is to fetch. */
export interface Work {
  readonly bytes: number;
  /** @param open how many streams there are at that time */
  readonly run: (open: number, hooks: TransferHooks) => Promise<TransferResult>;
}

/**
 * Fetches everything, a stream for each work. When one fails, the others end politely, and the result is as that one says. A
 * session that the host does not open costs only time: another stream does that work when it is done with its own.
 */
export async function inStreams(
  works: readonly Work[],
  hooks: TransferHooks,
  note: (text: string) => void,
): Promise<TransferResult> {
  const startedAt = performance.now();
  const halt = new AbortController();
  const gathering = gather(works, hooks);
  const waiting = [...works.entries()];
  const results: TransferResult[] = [];
  let [open, failed] = [works.length, null as TransferResult | null];
  const stream = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, { run }] = next;
      const stop = AbortSignal.any([hooks.stop, halt.signal]);
      const result = await run(open, { ...hooks, ...gathering.hooksFor(at), stop });
      gathering.end(at);
      if (open > 1 && isRefused(result)) {
        waiting.push(next);
        open -= 1;
        return;
      }
      if (!isWhole(result, hooks)) {
        failed ??= result;
        // What waits is not begun any more.
        waiting.length = 0;
        halt.abort();
      }
      results.push(result);
    }
  };
  const streamOrHalt = (): Promise<void> =>
    stream().catch((error: unknown) => {
      waiting.length = 0;
      halt.abort();
      throw error;
    });
  const ended = await Promise.allSettled(works.map(streamOrHalt));
  for (const one of ended) if (one.status === "rejected") throw one.reason;
  if (open < works.length)
    note(`The host lets no more in at once: what was left came in ${open} (rrsync without -ro does that).`);
  // The others may have been done when the last one was refused.
  open = 1;
  await stream();
  return sideBySide(results, failed, Math.round(performance.now() - startedAt));
}

/** Words of ssh, and of an rrsync that lets nobody in twice, before anything has come. */
const REFUSED = /session request failed|Session open refused|Another instance of rrsync/i;

const isRefused = ({ exitCode, stalled, lastWords, stats }: TransferResult): boolean =>
  exitCode !== 0 && !stalled && stats.newFiles === 0 && REFUSED.test(lastWords);

/** What all streams say, added up. */
function gather(works: readonly Work[], hooks: TransferHooks) {
  const progress: (Progress | null)[] = works.map(() => null);
  const seen: Omit<Seen, "takenBytes">[] = works.map(() => ({ entries: 0, newBytes: 0 }));
  const total = works.reduce((sum, { bytes }) => sum + bytes, 0);
  const tell = (): void => {
    const known = progress.filter((one) => one !== null);
    const sum = (of: (one: Progress) => number): number => known.reduce((all, one) => all + of(one), 0);
    const [bytes, bytesPerSecond] = [sum((one) => one.bytes), sum((one) => one.bytesPerSecond)];
    const left = Math.max(0, total - bytes);
    hooks.onProgress({
      bytes,
      bytesPerSecond,
      files: Math.max(0, ...known.map(({ files }) => files)),
      percent: total === 0 ? null : Math.min(100, Math.floor((100 * bytes) / total)),
      secondsLeft: bytesPerSecond > 0 ? Math.round(left / bytesPerSecond) : null,
    });
  };
  return {
    hooksFor: (at: number): Pick<TransferHooks, "onProgress" | "onSeen"> => ({
      onProgress: (one) => {
        progress[at] = one;
        tell();
      },
      onSeen: (one) => {
        seen[at] = one;
        hooks.onSeen?.({
          entries: seen.reduce((all, { entries }) => all + entries, 0),
          newBytes: seen.reduce((all, { newBytes }) => all + newBytes, 0),
        });
      },
    }),
    /** What is over goes on at no rate. */
    end: (at: number): void => {
      const last = progress[at];
      if (last !== null && last !== undefined) progress[at] = { ...last, bytesPerSecond: 0 };
    },
  };
}
