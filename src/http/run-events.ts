// The stream of one run for one browser: its state as it changes, and its log as it grows.
import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import type { App } from "../actions/app.ts";
import { whileDatabaseIsAway } from "../actions/patience.ts";
import { followRunLog, type LogReading } from "../actions/read-run-log.ts";
import type { Changes } from "../actions/watch-changes.ts";
import type { RunEventShape } from "../contract/api/events.ts";
import { Problem } from "../domain/problem.ts";
import { isFinished, type Run } from "../domain/run.ts";
import { runJson } from "../shapes/shapes.ts";
import { findRun } from "../store/runs.ts";
import { bell } from "./bell.ts";
import type { Live } from "./live.ts";
import { concernsPeople, type Stream } from "./live-events.ts";

export type RunEvent = z.infer<typeof RunEventShape>;

/** What a stream of a run is made from. */
export interface RunSource {
  readonly app: App;
  readonly live: Live;
}

/**
 * How a run goes on, from how it is now. The last event is the run as it ended, after all of its log; a stream that ends
 * without one was cut short.
 *
 * @param from lines of the log before it are left out
 */
export async function* runEvents(
  source: RunSource,
  first: Run,
  from: number,
  { gone, isAllowed, stillEveryMs }: Stream,
): AsyncGenerator<RunEvent, void, void> {
  const { ring, wait } = bell();
  let askedAt = performance.now();
  const state = runState(source, first, ring, () => {
    askedAt = Number.NEGATIVE_INFINITY;
  });
  let log: LogReader | null = null;
  let number = from;
  let saidAt = askedAt;
  try {
    while (!gone.aborted && (await state.refresh())) {
      if (performance.now() - askedAt >= stillEveryMs) {
        if (!(await isAllowed())) return;
        askedAt = performance.now();
      }
      const run = state.now();
      const isOver = isFinished(run.status);
      if (run.startedAt !== null)
        log ??= logReader(
          source.app,
          run,
          { from, stop: gone, isOver: () => isFinished(state.now().status) },
          ring,
        );
      const isNews = state.takeNews() && !isOver;
      if (isNews) yield { type: "run", run: runJson(run) };
      const lines = log?.take() ?? [];
      if (lines.length > 0) yield { type: "log", from: number, lines };
      number += lines.length;
      if (isOver && log?.isDone() !== false) {
        yield { type: "run", run: runJson(run) };
        return;
      }
      const hasSaid = isNews || lines.length > 0;
      if (hasSaid) saidAt = performance.now();
      const silentMs = performance.now() - saidAt;
      if (silentMs >= stillEveryMs) {
        saidAt = performance.now();
        yield { type: "still" };
      } else if (!hasSaid) await wait(stillEveryMs - silentMs, gone);
    }
  } finally {
    state.leave();
    await log?.close();
  }
}

/** The run as it is known, told by the server's look at all runs. */
function runState({ app, live }: RunSource, first: Run, ring: () => void, onPeople: () => void) {
  let run = first;
  let isNews = true;
  let isUnknown = false;
  let isCutShort = false;
  const take = (seen: Run): void => {
    if (isDeepStrictEqual(seen, run)) return;
    run = seen;
    isNews = true;
  };
  const listener = {
    hear: ({ open, parts }: Changes) => {
      if (concernsPeople(parts)) {
        onPeople();
        ring();
      }
      // What has ended does not change any more.
      if (isFinished(run.status)) return;
      const seen = open.get(run.id);
      isUnknown = seen === undefined;
      if (seen !== undefined) take(seen);
      if (isUnknown || isNews) ring();
    },
    end: () => {
      isCutShort = true;
      ring();
    },
  };
  const leave = isFinished(first.status) ? () => {} : live.join(listener);
  return {
    leave,
    now: () => run,
    takeNews: () => {
      const was = isNews;
      isNews = false;
      return was;
    },
    /** Asks for it when it is open no longer. False: nothing more can be said of it. */
    refresh: async (): Promise<boolean> => {
      if (isCutShort) return false;
      if (!isUnknown) return true;
      const found = await findRun(app.db, run.id).catch(whileDatabaseIsAway);
      if (found === undefined) return true;
      isUnknown = false;
      if (found !== null) take(found);
      return found !== null;
    },
  };
}

/** Of a log that is there already, told in one event: so many lines, and so many characters if they are long ones. */
const LINES_AT_ONCE = 500;
const CHARACTERS_AT_ONCE = 256 * 1024;

interface LogReader {
  /** Some of the lines that have come. More are read when these are taken, and not before. */
  readonly take: () => string[];
  readonly isDone: () => boolean;
  readonly close: () => Promise<void>;
}

function logReader(app: App, run: Run, reading: LogReading, ring: () => void): LogReader {
  const over = new AbortController();
  const stop = AbortSignal.any([reading.stop, over.signal]);
  const log = followRunLog(app, run, { ...reading, stop });
  let lines: readonly string[] = [];
  let at = 0;
  let isEnded = false;
  let failure: unknown = null;
  const read = async (): Promise<void> => {
    try {
      const { done, value } = await log.next();
      lines = value ?? [];
      isEnded = done === true;
    } catch (error) {
      // The run goes on without its log; a fault of ours ends the stream.
      isEnded = true;
      if (error instanceof Problem) lines = [`… ${error.message}`];
      else failure = error;
    }
    at = 0;
    ring();
  };
  let reads = read();
  return {
    take() {
      if (failure !== null) throw failure;
      if (at >= lines.length) return [];
      const taken: string[] = [];
      for (let characters = 0; taken.length < LINES_AT_ONCE && characters < CHARACTERS_AT_ONCE; at += 1) {
        const line = lines[at];
        if (line === undefined) break;
        taken.push(line);
        characters += line.length;
      }
      if (at >= lines.length && !isEnded) reads = read();
      return taken;
    },
    isDone: () => isEnded && at >= lines.length,
    async close() {
      over.abort();
      await reads;
      await log.return();
    },
  };
}
