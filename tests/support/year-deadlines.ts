// By when a channel must know of something at the latest, to the look: what the guide promises, with what may hold it up.
import { DAY, HOUR, isQuiet, MINUTE, quietEnd } from "./year-calendar.ts";
import type { Heard } from "./year-heard.ts";
import type { Planted } from "./year-plan.ts";

const GRACE_MS: Readonly<Record<string, number>> = {
  ...{ never: DAY, connection_refused: 30 * MINUTE, disk_filling: HOUR, channel_broken: 15 * MINUTE },
};
/** How long something holds before anybody is told. */
export const graceOf = (codes: Iterable<string>, choose: (...graces: number[]) => number): number =>
  choose(...[...codes].map((code) => GRACE_MS[code] ?? 5 * MINUTE));

/** The disk's forecast is up to ten minutes old. */
export const staleMs = (key: string): number => (key === "disk_filling" ? 10 * MINUTE : 0);

export const WELL_MS = 10 * MINUTE;
export const WELL_MAX_MS = 6 * HOUR;
/** A look with a clock that was off does its harm for so long. */
const ASTRAY_MS = 3 * HOUR;

export interface Held {
  readonly channel: string;
  readonly codes: ReadonlySet<string>;
  /** It may wait for the end of the quiet hours. */
  readonly mayWait: boolean;
}

export function yearDeadlines(plan: readonly Planted[], looks: readonly number[], heard: readonly Heard[]) {
  const jumps = plan.filter(({ trouble }) => trouble === "clock astray").map(({ from }) => from);
  const downs = plan.filter(({ trouble }) => trouble === "channel broken");
  const byChannel = Map.groupBy(heard, ({ channel }) => channel);

  const indexFrom = (t: number): number => {
    let [low, high] = [0, looks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((looks[middle] ?? 0) < t) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  /** The first look that is not earlier, or one of those after it. Never: there is none. */
  const look = (t: number, more = 0): number => looks[indexFrom(t) + more] ?? Number.POSITIVE_INFINITY;
  const isAstray = (from: number, to: number): boolean =>
    jumps.some((jump) => jump >= from - ASTRAY_MS && jump <= to + MINUTE);

  /** When the channel was last told of one of these causes, within an hour before. */
  function lastOfCause({ channel, codes }: Held, t: number): number | null {
    const last = byChannel
      .get(channel)
      ?.findLast(({ at, items }) => at < t && items.some(({ code }) => codes.has(code)));
    return last === undefined || t - last.at >= HOUR ? null : last.at;
  }

  /**
   * What is ready to be told since `from` and would be at `t` is told then, unless something holds it up. The hour of a cause holds it
   * up once only: what waits for it is told together.
   */
  function heldUp(held: Held, from: number, t: number): number {
    let ready = isAstray(from, t) ? look(t + ASTRAY_MS, 1) : t;
    for (let turn = 0; turn < 20; turn += 1) {
      let later = ready;
      // What waits when the channel works again is sent within an hour; then comes what there is to say since.
      for (const down of held.channel === "second" ? downs : [])
        if (down.from <= ready && look(down.to) + HOUR + 10 * MINUTE >= from)
          later = Math.max(later, look(look(down.to) + HOUR, 2));
      const cause = lastOfCause(held, later);
      const until = cause === null ? later : Math.max(later, look(cause + HOUR, 1));
      if (held.channel === "night" && held.mayWait && isQuiet(until)) later = look(quietEnd(until), 1);
      if (later === ready || later === Number.POSITIVE_INFINITY) return Math.max(later, until);
      ready = later;
    }
    return ready;
  }

  const wasDown = (channel: string, from: number, to: number): boolean =>
    channel === "second" && downs.some((down) => down.from <= to && look(down.to) + 2 * HOUR >= from);

  return { look, isAstray, heldUp, wasDown };
}

export type YearDeadlines = ReturnType<typeof yearDeadlines>;
