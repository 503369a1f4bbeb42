// Whether the clock can be believed before it decides what is old.
import { countText } from "./count-text.ts";
import type { Trust } from "./host.ts";
import type { Snapshot } from "./snapshot.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Time servers step a clock by seconds; a time zone that was taken for UTC is off by an hour or more. */
const AHEAD_MS = HOUR_MS;
const LONG_MS = 45 * DAY_MS;
/** A gap this many times the longest before it is no delay any more. */
const MUCH_LONGER = 4;
const GAPS_COMPARED = 30;

/**
 * What makes the clock doubtful, in a sentence for whoever decides whether to prune all the same; null when nothing does.
 *
 * A day back, ten years forward prunes nothing without a person's word:
 *
 * - Back: a complete snapshot begins more than an hour after `now`. That lasts until the clock or the snapshot is gone.
 * - Forward: nothing for more than 45 days, and for four times as long as the longest pause before. A new backup ends the
 *   gap but not the doubt, as it was dated by the same clock; that lasts another 45 days, in which a server with a wrong
 *   date is noticed by everything else on it. A host that was off for a season looks the same, and waits for a word too.
 *   The longest pause counts, not the usual one, so that a host backed up by hand once a quarter, twice in an hour each
 *   time, is left in peace; and one lone snapshot, which says nothing of a cadence, is worth half a year.
 *
 * Shorter jumps need no word: rules that count periods lose nothing by them, and `keep_within` no more than it would after
 * a host was off for so long.
 *
 * A person's word splits the time at that moment: what was before is settled, the snapshots that were there then too.
 *
 * @param snapshots all that are on record of a host: removed ones still say how often it was backed up, while what a policy
 *   left of the past is full of gaps
 */
export function clockDoubt(
  snapshots: readonly Dated[],
  now: Date,
  trust: Trust | null = null,
): string | null {
  const unsettled = trust === null ? snapshots : snapshots.filter(({ id }) => id > trust.snapshotId);
  // A word that was given under a clock that was ahead says nothing about the time until then.
  const settledAt = trust === null || trust.at.getTime() > now.getTime() ? null : trust.at;
  return futureDoubt(unsettled, now) ?? gapDoubt(snapshots, now, settledAt);
}

type Dated = Pick<Snapshot, "id" | "startedAt" | "state">;

function futureDoubt(snapshots: readonly Dated[], now: Date): string | null {
  const ahead = snapshots
    .filter(({ state, startedAt }) => state === "complete" && startedAt.getTime() > now.getTime() + AHEAD_MS)
    .map(({ startedAt }) => startedAt.getTime());
  if (ahead.length === 0) return null;
  const newest = ahead.reduce((latest, start) => Math.max(latest, start));
  const which =
    ahead.length === 1
      ? "a snapshot began"
      : `${countText(ahead.length, "snapshot")} began, the last of them`;
  return `The clock shows ${instantText(now.getTime())}, but ${which} at ${instantText(newest)}, later than that.`;
}

function gapDoubt(snapshots: readonly Dated[], now: Date, settledAt: Date | null): string | null {
  const nowMs = now.getTime();
  const settledMs = settledAt?.getTime() ?? Number.NEGATIVE_INFINITY;
  const starts = snapshots
    .map(({ startedAt }) => startedAt.getTime())
    .concat(settledAt === null ? [] : settledMs)
    .filter((start) => start < nowMs)
    .sort((a, b) => b - a);
  // Newest first; the gap before an instant is the one to its successor in this list.
  const instants = [nowMs, ...starts];
  const gaps = starts.map((start, index) => (instants[index] ?? nowMs) - start);
  const found = gaps.findIndex((gap, index) => gap > LONG_MS && (instants[index] ?? nowMs) > settledMs);
  const [from, to, gap] = [starts[found], instants[found], gaps[found]];
  if (from === undefined || to === undefined || gap === undefined || to < nowMs - LONG_MS) return null;
  const before = gaps.slice(found + 1, found + 1 + GAPS_COMPARED);
  const longest = before.length === 0 ? LONG_MS : Math.max(...before);
  if (gap <= longest * MUCH_LONGER) return null;
  const until =
    to === nowMs ? `${instantText(to)}, as the clock shows now` : `the backup of ${instantText(to)}`;
  const usual = before.length === 0 ? "" : `, where the longest pause had been ${pauseText(longest)}`;
  return `Nothing happened for ${pauseText(gap)} between the backup of ${instantText(from)} and ${until}${usual}.`;
}

const instantText = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;

function pauseText(ms: number): string {
  if (ms >= 2 * DAY_MS) return countText(Math.round(ms / DAY_MS), "day");
  if (ms >= HOUR_MS) return countText(Math.round(ms / HOUR_MS), "hour");
  return "less than an hour";
}
