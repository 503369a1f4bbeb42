// About when a queued run begins, by how long runs like those before it took lately.

import type { LeasedRun, QueuedRun, QueueFacts } from "./queue-facts.ts";
import { ownsHost } from "./run.ts";

/** The middle one; null of none. */
export function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  const next = sorted[Math.ceil((sorted.length - 1) / 2)];
  return middle === undefined || next === undefined ? null : (middle + next) / 2;
}

/** About when a run ends. Null without a past, and when it has taken longer already than any of late. */
export function endOf(run: LeasedRun, { now, tookLately }: QueueFacts): Date | null {
  const took = tookLately(run.hostId, run.kind);
  const usual = median(took);
  if (usual === null) return null;
  const ends = [usual, Math.max(...took)].map(
    (seconds) => new Date(run.startedAt.getTime() + seconds * 1000),
  );
  return ends.find((end) => end > now) ?? null;
}

/** About when each of a queue begins. */
export interface Course {
  /** By place in the order; infinite where the past is silent. */
  readonly begins: readonly number[];
  /** When the first place is free after all of them. */
  readonly after: number;
  /** By the id of a host: when the one of the order that owns it ends. */
  readonly hostEnds: ReadonlyMap<number, number>;
}

const NEVER = Number.POSITIVE_INFINITY;

/** Lets those that are under way end and those in the order begin, one after the other; milliseconds as `Date` counts them. */
export function courseOf(
  order: readonly QueuedRun[],
  taken: readonly LeasedRun[],
  places: number,
  facts: QueueFacts,
): Course {
  const ends = taken.map((one) => endOf(one, facts)?.getTime() ?? NEVER);
  while (ends.length < places) ends.push(facts.now.getTime());
  const hostEnds = new Map<number, number>();
  const begins = order.map((one) => {
    ends.sort((a, b) => a - b);
    const [begin = NEVER] = ends;
    const took = median(facts.tookLately(one.hostId, one.kind));
    ends[0] = took === null ? NEVER : begin + took * 1000;
    if (ownsHost(one.kind)) hostEnds.set(one.hostId, ends[0]);
    return begin;
  });
  return { begins, after: Math.min(NEVER, ...ends), hostEnds };
}
