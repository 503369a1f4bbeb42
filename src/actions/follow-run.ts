// Following a run that another process executes: SQL says how far it is, its log what is being said.
import { setTimeout as pause } from "node:timers/promises";
import { isFinished, type Phase, type Progress, type Run } from "../domain/run.ts";
import { runLogFile } from "../system/log-shelf.ts";
import { followLog } from "../system/read-log.ts";
import type { App } from "./app.ts";
import { requireRun } from "./execute-run.ts";
import { hostContext } from "./host-context.ts";
import { patiently } from "./patience.ts";
import { waitingOf } from "./why-waiting.ts";

export interface RunFollower {
  readonly onPhase: (phase: Phase) => void;
  readonly onProgress: (progress: Progress) => void;
  /** Said once each while it has not begun. */
  readonly onWait: (text: string) => void;
  /** Lines of the log, Latin-1: one character a byte. */
  readonly onLines: (lines: readonly string[]) => void;
  readonly stop: AbortSignal;
}

const LOOK_EVERY_MS = 500;
/** Why it waits is asked no more often: it is worth many looks, and changes slowly. */
const WHY_EVERY_MS = 5000;
/** How long the database may be away before the watching ends; the run goes on without it. */
const AWAY_MS = 60_000;

/** Resolves with the run as recorded when it has ended, or at once when `stop` is aborted. */
export async function followRun(app: App, id: number, follower: RunFollower): Promise<Run> {
  let run = await requireRun(app, id);
  const { site } = await hostContext(app, run.host);
  const over = new AbortController();
  const stop = AbortSignal.any([follower.stop, over.signal]);
  const isOver = async (): Promise<boolean> => stop.aborted || isFinished(run.status);
  const reading = (async () => {
    // The log of what another backup server does lies there.
    if (!site.isHere) return;
    const log = followLog(runLogFile(site.backupRoot, run.host, id), { stop, isOver, pollMs: LOOK_EVERY_MS });
    for await (const text of log) follower.onLines(text.split("\n").filter((line) => line !== ""));
  })();
  // Awaited at the end; until then a failure must not pass for one that nobody looks after.
  reading.catch(() => {});
  let phase: Phase | null = null;
  let waitedFor = "";
  let askedAt = Number.NEGATIVE_INFINITY;
  try {
    for (;;) {
      if (run.status === "queued" && performance.now() - askedAt >= WHY_EVERY_MS) {
        askedAt = performance.now();
        const waits = (await waitingOf(app, [run])).get(run.id)?.message ?? null;
        if (waits !== null && waits !== waitedFor) follower.onWait(waits);
        waitedFor = waits ?? waitedFor;
      }
      if (run.phase !== null && run.phase !== phase) follower.onPhase(run.phase);
      phase = run.phase;
      if (run.progress !== null) follower.onProgress(run.progress);
      if (isFinished(run.status) || stop.aborted) break;
      await pause(LOOK_EVERY_MS, undefined, { signal: stop }).catch(() => {});
      run = await patiently(AWAY_MS, async () => (stop.aborted ? run : requireRun(app, id)));
    }
    await reading;
    return run;
  } finally {
    over.abort();
    await reading.catch(() => {});
  }
}
