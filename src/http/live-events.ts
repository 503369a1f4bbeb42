// The stream of the whole site for one browser, however slowly it reads.
import type { z } from "zod";
import type { Part } from "../actions/watch-changes.ts";
import type { LiveEventShape } from "../contract/api/events.ts";
import type { Run } from "../domain/run.ts";
import { runJson } from "../shapes/shapes.ts";
import { bell } from "./bell.ts";
import type { Live } from "./live.ts";

export type LiveEvent = z.infer<typeof LiveEventShape>;

export interface Stream {
  /** Aborted when the browser has gone, or the server is about to. */
  readonly gone: AbortSignal;
  /** Whether whoever opened the stream may still read it. */
  readonly isAllowed: () => Promise<boolean>;
  /** How often that is asked, and after how much silence something is said. */
  readonly stillEveryMs: number;
}

export const STILL_EVERY_MS = 15_000;
/** Of a long queue, told in one event. */
const RUNS_AT_ONCE = 200;
/** Changed runs that wait for a slow reader, each in its newest state. Whoever is further behind begins anew. */
const BEHIND_MAX = 5000;

/** Somebody may have signed out, been disabled or lost a token: whether a stream may go on is asked at once. */
export const concernsPeople = (parts: ReadonlySet<Part>): boolean =>
  parts.has("users") || parts.has("tokens");

/** What happens until the stream ends. Nothing is gathered for a reader but the newest state of what has changed. */
export async function* liveEvents(
  live: Live,
  { gone, isAllowed, stillEveryMs }: Stream,
): AsyncGenerator<LiveEvent, void, void> {
  const { ring, wait } = bell();
  const runs = new Map<number, Run>();
  const parts = new Set<Part>();
  let isFirst = true;
  let isHeard = false;
  let isOver = false;
  let askedAt = performance.now();
  let saidAt = askedAt;
  const leave = live.join({
    hear(changes) {
      isHeard = true;
      for (const run of changes.runs) runs.set(run.id, run);
      for (const part of changes.parts) parts.add(part);
      if (concernsPeople(changes.parts)) askedAt = Number.NEGATIVE_INFINITY;
      if (runs.size > BEHIND_MAX) {
        isOver = true;
        runs.clear();
      }
      if (isOver || isFirst || runs.size > 0 || parts.size > 0) ring();
    },
    end() {
      isOver = true;
      ring();
    },
  });
  try {
    while (!gone.aborted && !isOver) {
      if (performance.now() - askedAt >= stillEveryMs) {
        if (!(await isAllowed())) return;
        askedAt = performance.now();
      }
      if (runs.size > 0 || (isFirst && isHeard)) {
        isFirst = false;
        const some = [...runs.values()].slice(0, RUNS_AT_ONCE);
        for (const { id } of some) runs.delete(id);
        saidAt = performance.now();
        yield { type: "runs", items: some.map(runJson) };
      } else if (parts.size > 0) {
        const what = [...parts];
        parts.clear();
        saidAt = performance.now();
        yield { type: "changed", what };
      } else {
        const silentMs = performance.now() - saidAt;
        if (silentMs < stillEveryMs) {
          await wait(stillEveryMs - silentMs, gone);
          continue;
        }
        saidAt = performance.now();
        yield { type: "still" };
      }
    }
  } finally {
    leave();
  }
}
