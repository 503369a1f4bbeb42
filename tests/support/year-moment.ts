// What is planted for one moment of a simulated year: what begins, what holds, and how backups end that are made now.
import type { WorkerRole } from "../../src/store/workers.ts";
import type { Planted, Trouble } from "./year-plan.ts";
import type { Fate } from "./year-site.ts";

export interface Moment {
  readonly is: (trouble: Trouble) => boolean;
  /** What has begun since the moment before. */
  readonly begun: readonly Planted[];
  readonly isDead: (role: WorkerRole) => boolean;
  /** It had no time to say that it goes. */
  readonly isKilled: (role: WorkerRole) => boolean;
  readonly fateOf: (host: string) => Fate;
  /** Hosts that somebody backs up by hand. */
  readonly byHand: readonly string[];
  /** Somebody takes note of what is open. */
  readonly isSeen: boolean;
  /** Something begins, ends or is done by hand. */
  readonly isChange: boolean;
}

/** @param before the moment before this one */
export function momentOf(plan: readonly Planted[], before: number, t: number): Moment {
  const now = (at: number): boolean => at > before && at <= t;
  const lasting = plan.filter(({ from, to }) => t >= from && t < to);
  const begun = plan.filter(({ from }) => now(from));
  const is = (trouble: Trouble): boolean => lasting.some((one) => one.trouble === trouble);
  const ofHost = (host: string, trouble: Trouble) =>
    lasting.find((one) => one.host === host && one.trouble === trouble);
  const byHand = plan.filter(
    ({ trouble, coin, to, flaps }) => flaps.some(now) || (trouble === "host failing" && coin && now(to)),
  );
  return {
    ...{ is, begun },
    isDead: (role) => is(`${role} dead`) || is("power cut"),
    isKilled: (role) =>
      begun.some(({ trouble, coin }) => trouble === "power cut" || (trouble === `${role} dead` && coin)),
    fateOf: (host) => {
      const flaps = ofHost(host, "host flapping")?.flaps.filter((at) => at <= t).length ?? 0;
      if (flaps % 2 === 1) return "source_missing";
      return (
        ofHost(host, "host failing")?.code ?? (ofHost(host, "host warns") === undefined ? "good" : "warning")
      );
    },
    byHand: byHand.flatMap(({ host }) => host ?? []),
    isSeen: plan.some(({ seenAt }) => seenAt !== null && now(seenAt)),
    isChange: begun.length > 0 || byHand.length > 0 || plan.some(({ to }) => now(to)),
  };
}

/** All moments at which something is planted. */
export const momentsOf = (plan: readonly Planted[]): number[] =>
  plan.flatMap(({ from, to, seenAt, flaps }) => [from, to, ...(seenAt === null ? [] : [seenAt]), ...flaps]);
