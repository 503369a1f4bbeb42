// What goes wrong in a simulated year, and when: decided before it begins, from a seed, and known to the judge as it was planted.
import { below, pick, seededRandom } from "./random.ts";
import { DAY, HOUR, MINUTE } from "./year-calendar.ts";

export const TROUBLES = [
  ...(["scheduler dead", "scheduler stuck", "worker dead", "power cut"] as const),
  ...(["disk away", "disk full", "disk filling", "channel broken"] as const),
  ...(["host failing", "host flapping", "host warns", "clock astray"] as const),
] as const;
export type Trouble = (typeof TROUBLES)[number];

export interface Planted {
  readonly trouble: Trouble;
  readonly from: number;
  readonly to: number;
  /** Null: the site. */
  readonly host: string | null;
  /** What its backups fail with. */
  readonly code: "source_missing" | "authentication_failed" | "connection_refused";
  /** Killed: it could not say that it goes. Or, of a host: somebody backs it up as soon as it is mended. */
  readonly coin: boolean;
  /** When somebody acknowledges all that is open. */
  readonly seenAt: number | null;
  /** Backups by hand at these times, the first of which fails, and then every other one. The last is good. */
  readonly flaps: readonly number[];
  /** How far a clock is off. */
  readonly astrayMs: number;
}

/** How many a year, how long at most, and what they must not overlap with. */
const HABITS: { readonly [T in Trouble]: readonly [perYear: number, longest: number, group: string] } = {
  "scheduler dead": [24, 40 * HOUR, "scheduler"],
  "scheduler stuck": [10, 20 * HOUR, "scheduler"],
  "worker dead": [24, 40 * HOUR, "worker"],
  "power cut": [10, 30 * HOUR, "scheduler worker"],
  "disk away": [14, 40 * HOUR, "disk"],
  "disk full": [14, 40 * HOUR, "disk"],
  "disk filling": [8, 6 * DAY, "forecast"],
  "channel broken": [24, 40 * HOUR, "channel"],
  "host failing": [60, 5 * DAY, "host"],
  "host flapping": [20, 40 * HOUR, "host"],
  "host warns": [15, 4 * DAY, "host"],
  "clock astray": [18, MINUTE, "clock"],
};
/** Before the first one there is a forecast of the disk, and after the last one all can be told. */
const [LEAD_MS, TAIL_MS] = [4 * DAY, 3 * DAY];
/** Between two of a group. What was freed counts for the forecast of thirty days, in which it would outweigh what the next one brings. */
const apartMs = (group: string): number => (group === "forecast" ? 36 * DAY : 20 * MINUTE);
const CODES = ["source_missing", "authentication_failed", "connection_refused"] as const;
const TRIES = 200;

export function planYear(seed: number, start: number, days: number, hosts: readonly string[]): Planted[] {
  const random = seededRandom(seed);
  const planted: Planted[] = [];
  const minutes = (ms: number): number => Math.max(2, below(random, ms / MINUTE)) * MINUTE;
  const isFree = (group: string, host: string | null, from: number, to: number): boolean =>
    planted.every(
      (one) =>
        one.host !== host ||
        !HABITS[one.trouble][2].split(" ").some((part) => group.split(" ").includes(part)) ||
        from > one.to + apartMs(group) ||
        to < one.from - apartMs(group),
    );
  for (const trouble of TROUBLES) {
    const [perYear, longest, group] = HABITS[trouble];
    const count = Math.max(1, Math.round((perYear * days) / 365));
    for (let n = 0, tries = 0; n < count && tries < TRIES; tries += 1) {
      const host = group === "host" ? (pick(random, hosts) ?? null) : null;
      // Short and long ones alike.
      const length = minutes(random() < 0.3 ? longest / 20 : longest);
      const from = start + LEAD_MS + minutes(days * DAY - LEAD_MS - TAIL_MS - length);
      const to = from + length;
      if (!isFree(group, host, from, to)) continue;
      n += 1;
      planted.push({
        ...{ trouble, from, to, host, code: pick(random, CODES) ?? "source_missing", coin: random() < 0.5 },
        seenAt: random() < 0.4 ? from + minutes(length) : null,
        flaps: trouble === "host flapping" ? flapsOf(random, from, to) : [],
        astrayMs: (random() < 0.5 ? -1 : 1) * (HOUR + below(random, 60) * MINUTE),
      });
    }
  }
  return planted.sort((a, b) => a.from - b.from);
}

/** An even number of times: each bad one is followed by a good one. */
function flapsOf(random: () => number, from: number, to: number): number[] {
  const times: number[] = [];
  for (let at = from; at < to; at += (2 + below(random, random() < 0.5 ? 20 : 300)) * MINUTE) times.push(at);
  return times.length % 2 === 0 ? times : [...times, to];
}
