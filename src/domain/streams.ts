// Several streams that fetch a host's files side by side: how many, and which file goes where.
//
// One session over ssh carries about 2 MiB a round trip, and not more however fast the line is. So a host that is far away may send
// more through several; on a local network they only get in each other's way.

/** What a person can ask for. */
export const STREAMS = ["auto", "1", "2", "3", "4", "5", "6", "7", "8"] as const;
export type Streams = (typeof STREAMS)[number];
export const STREAMS_MAX = 8;

/** From here on several are used, where nobody says how many (measured with four: 3.5 times as fast at 100 ms). */
const FAR_MS = 40;
const FAR_STREAMS = 4;
/** What a stream has to fetch at least. Further steps cost some 20 round trips, in which one stream carries two thirds of this. */
const WORTH_BYTES = 64 * 1024 * 1024;
/** What a file weighs besides its content: its name, its facts and its checksum travel too. */
const FILE_BYTES = 4096;
/** rsync's bandwidth limit is told in KiB a second. */
const RATE_MIN = 1024;

/** How many streams there may be, and why. */
export interface StreamPlan {
  readonly most: number;
  /** What each of them has to fetch at least. */
  readonly bytesEach: number;
  /** Why there are several, to be put behind a comma; empty for one. */
  readonly because: string;
}

export const ONE_STREAM: StreamPlan = { most: 1, bytesEach: 0, because: "" };

/** @param bwlimit bytes a second; 0: no limit. A line that is slowed down on purpose is filled by one stream. */
export function streamPlan(wish: Streams, bwlimit: number, roundTripMs: number | null): StreamPlan {
  if (wish === "auto") {
    if (bwlimit > 0 || roundTripMs === null || roundTripMs < FAR_MS) return ONE_STREAM;
    const because = `as a packet takes ${Math.round(roundTripMs)} ms there and back`;
    return { most: FAR_STREAMS, bytesEach: WORTH_BYTES, because };
  }
  const share = bwlimit > 0 ? Math.max(1, Math.floor(bwlimit / RATE_MIN)) : Number.POSITIVE_INFINITY;
  const most = Math.min(Number(wish), share);
  return most === 1 ? ONE_STREAM : { most, bytesEach: 0, because: `as --streams ${wish} says` };
}

/** Regular files, and how large they and the largest of them are. */
export interface ToFetch {
  readonly count: number;
  readonly bytes: number;
  readonly largest: number;
}

/** How many streams these files are worth. However many there are, the one with the largest file takes as long as that. */
export function streamsFor({ most, bytesEach }: StreamPlan, { count, bytes, largest }: ToFetch): number {
  const all = bytes + count * FILE_BYTES;
  const worth = bytesEach === 0 ? most : Math.floor(all / Math.max(bytesEach, largest));
  return Math.max(1, Math.min(most, count, worth));
}

/** The limit of one of several streams; 0: none. */
export const shareOfRate = (bwlimit: number, streams: number): number =>
  bwlimit === 0 ? 0 : Math.max(RATE_MIN, Math.floor(bwlimit / streams));

/**
 * Says which of several streams a file goes to: the one that has the least so far. What has the same group goes to the same one,
 * for only a stream that has all names of a file makes one file of them.
 */
export function sharing(streams: number): (bytes: number, group: string | null) => number {
  const loads = new Array<number>(streams).fill(0);
  const places = new Map<string, number>();
  return (bytes, group) => {
    const known = group === null ? undefined : places.get(group);
    const place = known ?? loads.indexOf(Math.min(...loads));
    loads[place] = (loads[place] ?? 0) + bytes + FILE_BYTES;
    if (group !== null && known === undefined) places.set(group, place);
    return place;
  };
}

/** Names that belong together, told in pairs and in any order. */
export interface LinkGroups {
  readonly join: (name: string, other: string) => void;
  /** The name that stands for all that belong together with this one; null for one that was never told of. */
  readonly of: (name: string) => string | null;
}

export function linkGroups(): LinkGroups {
  const above = new Map<string, string>();
  const topOf = (name: string): string => {
    let top = name;
    for (let next = above.get(top); next !== undefined && next !== top; next = above.get(top)) top = next;
    // Each name on the way is brought to the top, so that the next look is a short one.
    for (let at = name; at !== top; ) {
      const next = above.get(at) ?? top;
      above.set(at, top);
      at = next;
    }
    return top;
  };
  return {
    join: (name, other) => {
      const [a, b] = [topOf(name), topOf(other)];
      above.set(a, a);
      above.set(b, a);
    },
    of: (name) => (above.has(name) ? topOf(name) : null),
  };
}
