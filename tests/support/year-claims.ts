// What may be claimed about one condition at one channel of a simulated year: it is told once within its grace, said to be over once,
// repeated where that is wished for, and nothing of it is said without a cause.
import { DAY, HOUR, isQuiet, MINUTE } from "./year-calendar.ts";
import { graceOf, staleMs, WELL_MAX_MS, WELL_MS, type YearDeadlines } from "./year-deadlines.ts";
import type { Heard, HeardItem } from "./year-heard.ts";
import type { Planted } from "./year-plan.ts";
import type { Ended } from "./year-site.ts";
import { type Bad, hidersOf } from "./year-truth.ts";

export interface YearFacts {
  readonly plan: readonly Planted[];
  readonly looks: readonly number[];
  readonly log: readonly { readonly t: number; readonly ended: Ended }[];
  /** When somebody acknowledged what. */
  readonly seen: readonly { readonly t: number; readonly keys: readonly string[] }[];
  /** By host, when a backup was due. */
  readonly dues: ReadonlyMap<string, readonly number[]>;
  readonly heard: readonly Heard[];
  readonly stretches: readonly Bad[];
  readonly begin: number;
  readonly end: number;
}

/** A condition at a channel: what was told there, and when it was so. */
interface OfKey {
  readonly channel: string;
  readonly key: string;
  readonly told: readonly (HeardItem & { readonly at: number })[];
  readonly bads: readonly Bad[];
}

/** How often something had to be told, said to be over, and repeated. */
export interface Demanded {
  opened: number;
  cleared: number;
  reminded: number;
}

const REPEAT_MS = 6 * HOUR;
export const timeOf = (t: number): string => new Date(t).toISOString().slice(0, 16);

/** What was told twice, too early, without a cause, or to nobody who had asked. */
export function needless(
  { channel, key, told, bads }: OfKey,
  facts: YearFacts,
  deadlines: YearDeadlines,
): string[] {
  const { isAstray, wasDown } = deadlines;
  let isTold = false;
  let openedAt = 0;
  return told.flatMap(({ kind, at, code }) => {
    const found: string[] = [];
    const say = (what: string) => found.push(`${what} at ${timeOf(at)}`);
    // What waited while the channel was down was true when it was said.
    const excused = isAstray(at - HOUR, at) || wasDown(channel, at, at);
    const isBad = bads.some(({ from, to }) => from <= at && to + staleMs(key) > at);
    const isWarning = bads[0]?.severity === "warning";
    if (channel === "night" && isQuiet(at) && (kind === "cleared" || isWarning) && !excused)
      say("in the quiet hours");
    if ((channel === "second" || channel === "repeats") && isWarning) say("is no news for this channel");
    switch (kind) {
      case "opened": {
        if (isTold) say("told twice");
        const heldLongEnough = bads.some(
          ({ from, to, codes }) =>
            from <= at &&
            to > at - WELL_MAX_MS - HOUR &&
            Math.min(to + staleMs(key), at) - from >= graceOf(codes, Math.min),
        );
        if (!excused && !(isBad && heldLongEnough)) say(`told (${code}) without a cause`);
        isTold = true;
        openedAt = at;
        break;
      }
      case "cleared":
        if (!isTold) say("over, and never told");
        // What has come back a moment ago is in its grace: nobody can know yet whether it lasts.
        if (
          !excused &&
          bads.some(({ from, to, codes }) => from <= at - graceOf(codes, Math.min) && to > at - WELL_MS)
        )
          say("said to be over while it was not");
        isTold = false;
        break;
      case "reminder":
        if (channel !== "repeats" || !isTold) say("reminded of");
        if (!excused && !isBad) say("reminded of what is over");
        if (wasSeen(told, facts.seen, { key, code, from: openedAt, at }))
          say("reminded of what somebody has seen");
        break;
      default:
        return kind satisfies never;
    }
    return found;
  });
}

/** Whether somebody acknowledged it in that time, the last time as what it is now: another cause than the one last told by then is news. */
const wasSeen = (
  told: OfKey["told"],
  seen: YearFacts["seen"],
  { key, code, from, at }: { key: string; code: string; from: number; at: number },
): boolean => {
  const last = seen.findLast(({ t, keys }) => keys.includes(key) && t >= from && t < at);
  if (last === undefined) return false;
  return code === "late" || told.findLast((item) => item.at <= last.t)?.code === code;
};

/** What should have been told, said to be over or repeated, and was not. */
export function silences(
  { channel, key, told, bads }: OfKey,
  byKey: ReadonlyMap<string, readonly Bad[]>,
  { seen, end }: YearFacts,
  { look, isAstray, heldUp }: YearDeadlines,
  demanded: Demanded,
): string[] {
  const found: string[] = [];
  const hiders = hidersOf(key)
    .flatMap((hider) => byKey.get(hider) ?? [])
    .toSorted((a, b) => a.from - b.from);
  const seenAt = seen.filter(({ keys }) => keys.includes(key)).map(({ t }) => t);
  const isTold = (t: number): boolean =>
    (told.findLast(({ at }) => at <= t)?.kind ?? "cleared") !== "cleared";
  /** Somebody had taken note of the n-th before, or of one before it that may not have been believed to be over. */
  const isSeen = (n: number, before: number): boolean => {
    let first = n;
    while (first > 0 && (bads[first]?.from ?? 0) - (bads[first - 1]?.to ?? 0) < WELL_MAX_MS + HOUR)
      first -= 1;
    return seenAt.some((t) => t >= (bads[first]?.from ?? 0) && t <= before);
  };
  for (const [n, bad] of bads.entries()) {
    const { from, to, codes, severity } = bad;
    if (severity === "warning" && (channel === "second" || channel === "repeats")) continue;
    if (key === `channel_broken@${channel}`) continue;
    const held = { channel, codes, mayWait: severity === "warning" };
    for (const [visible, hidden] of visibleParts(bad, hiders)) {
      const open = look(look(visible) + graceOf(codes, Math.max) + staleMs(key));
      const due = heldUp(held, visible, look(open, 1));
      if (due >= Math.min(hidden, end) || isSeen(n, due)) continue;
      demanded.opened += 1;
      if (!isTold(due)) found.push(`(${[...codes]}) of ${timeOf(visible)} not told by ${timeOf(due)}`);
    }
    if (channel === "repeats") {
      for (const { at } of told.filter((one) => one.at >= from && one.at < to && one.kind !== "cleared")) {
        const due = heldUp(held, at + MINUTE, look(at + REPEAT_MS, 1));
        if (due >= Math.min(to, end) || isSeen(n, due)) continue;
        demanded.reminded += 1;
        if (!told.some((one) => one.at > at && one.at <= due))
          found.push(`of ${timeOf(at)} not repeated by ${timeOf(due)}`);
      }
    }
    let well = to;
    for (const hider of hiders) if (hider.from <= well && hider.to > well) well = hider.to;
    const comesBack =
      bads.some((other, m) => m < n && other.to > from - DAY - 8 * HOUR) || isAstray(from - DAY, to);
    const believed = look(look(well) + (comesBack ? WELL_MAX_MS : WELL_MS) + staleMs(key), 1);
    const due = heldUp({ ...held, mayWait: true }, well, believed);
    if (due >= Math.min(bads[n + 1]?.from ?? end, end)) continue;
    if (told.some(({ at }) => at >= from && at <= due)) demanded.cleared += 1;
    if (isTold(due)) found.push(`of ${timeOf(from)} over at ${timeOf(to)}, not said by ${timeOf(due)}`);
  }
  return found;
}

/** The parts of a time in which nothing hid it. */
function visibleParts({ from, to }: Bad, hiders: readonly Bad[]): (readonly [number, number])[] {
  const parts: (readonly [number, number])[] = [];
  let at = from;
  for (const hider of hiders.filter((one) => one.from < to && one.to > from)) {
    if (hider.from > at) parts.push([at, hider.from]);
    at = Math.max(at, hider.to);
  }
  return at < to ? [...parts, [at, to]] : parts;
}
