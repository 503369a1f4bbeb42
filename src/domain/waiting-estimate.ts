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

/** Lets those that are under way end and those that are ahead begin, one after the other. Null where the past is silent. */
export function estimateOf(
  run: QueuedRun,
  ahead: readonly QueuedRun[],
  taken: readonly LeasedRun[],
  places: number,
  facts: QueueFacts,
): Date | null {
  const NEVER = Number.POSITIVE_INFINITY;
  const ends = taken.map((one) => endOf(one, facts)?.getTime() ?? NEVER);
  while (ends.length < places) ends.push(facts.now.getTime());
  let hostFree = facts.now.getTime();
  for (const one of ahead) {
    ends.sort((a, b) => a - b);
    const [begin = NEVER] = ends;
    const took = median(facts.tookLately(one.hostId, one.kind));
    ends[0] = took === null ? NEVER : begin + took * 1000;
    if (one.hostId === run.hostId && ownsHost(one.kind) && ownsHost(run.kind)) hostFree = ends[0];
  }
  const begin = Math.max(hostFree, Math.min(NEVER, ...ends));
  return Number.isFinite(begin) ? new Date(begin) : null;
}
