// What was heard in a simulated year against what was planted: each condition told once within its grace and cleared once, nothing
// without a cause, no storm, no silence.
import { DAY, dayOf, HOUR, MINUTE, minuteOfDay } from "./year-calendar.ts";
import { type Demanded, needless, silences, timeOf, type YearFacts } from "./year-claims.ts";
import { type YearDeadlines, yearDeadlines } from "./year-deadlines.ts";
import type { Heard } from "./year-heard.ts";

export interface YearVerdict {
  readonly violations: readonly string[];
  /** How often something had to be told at a channel, said to be over, and repeated. */
  readonly demanded: Demanded;
  readonly stretches: number;
  readonly messages: number;
  /** Of the channel that hears of everything, the most messages on one day. */
  readonly busiestDay: number;
}

const CHANNELS = ["all", "second", "night", "repeats"] as const;

export function judgeYear(facts: YearFacts): YearVerdict {
  const { plan, looks, heard, stretches } = facts;
  const deadlines = yearDeadlines(plan, looks, heard);
  const byKey = Map.groupBy(stretches, ({ key }) => key);
  const violations: string[] = [];
  const demanded = { opened: 0, cleared: 0, reminded: 0 };
  for (const channel of CHANNELS) {
    const messages = heard.filter((one) => one.channel === channel && !one.isDigest);
    violations.push(...messages.flatMap(({ strange, at }) => strange.map((line) => `${timeOf(at)} ${line}`)));
    violations.push(...storms(messages, deadlines).map((line) => `${channel}: ${line}`));
    const told = Map.groupBy(
      messages.flatMap(({ at, items }) => items.map((item) => ({ ...item, at }))),
      ({ key }) => key,
    );
    for (const key of new Set([...told.keys(), ...byKey.keys()])) {
      const of = { channel, key, told: told.get(key) ?? [], bads: byKey.get(key) ?? [] };
      const found = [...needless(of, facts, deadlines), ...silences(of, byKey, facts, deadlines, demanded)];
      violations.push(...found.map((line) => `${channel}: ${key} ${line}`));
    }
  }
  violations.push(...digests(facts), ...backups(facts));
  const ofAll = heard.filter(({ channel, isDigest }) => channel === "all" && !isDigest);
  const perDay = Map.groupBy(ofAll, ({ at }) => dayOf(at));
  return {
    ...{ violations, demanded, stretches: stretches.length, messages: heard.length },
    busiestDay: Math.max(0, ...[...perDay.values()].map(({ length }) => length)),
  };
}

/** Within an hour one message about one cause. */
function storms(messages: readonly Heard[], { isAstray }: YearDeadlines): string[] {
  const last = new Map<string, number>();
  return messages.flatMap(({ at, items }) =>
    [...new Set(items.map(({ code }) => code))].flatMap((code) => {
      const before = last.get(code);
      last.set(code, at);
      const isStorm = before !== undefined && at - before < HOUR && !isAstray(before - HOUR, at);
      return isStorm ? [`${code} again after ${(at - before) / MINUTE} minutes, at ${timeOf(at)}`] : [];
    }),
  );
}

/** One a day at seven, or when somebody is there again in the twelve hours after. */
function digests({ heard, looks, begin }: YearFacts): string[] {
  const got = Map.groupBy(
    heard.filter(({ isDigest }) => isDigest),
    ({ at }) => dayOf(at),
  );
  const morning = (t: number): boolean => minuteOfDay(t) >= 7 * 60 && minuteOfDay(t) < 19 * 60;
  const days = new Set(looks.filter((t) => morning(t) && t > begin + DAY).map(dayOf));
  return [
    ...[...got].flatMap(([day, { length }]) => (length === 1 ? [] : [`${length} digests on ${day}`])),
    ...[...days].flatMap((day) => (got.has(day) ? [] : [`no digest on ${day}`])),
  ];
}

/** Where scheduler and worker were there, each due time has its one backup; and there is none without. */
function backups({ plan, log, dues, end }: YearFacts): string[] {
  const made = Map.groupBy(
    log.filter(({ ended }) => ended.dueAt !== null),
    ({ ended }) => `${ended.host} ${ended.dueAt}`,
  );
  const known = new Set([...dues].flatMap(([host, times]) => times.map((t) => `${host} ${t}`)));
  const hindered = plan.filter(({ trouble }) => /scheduler|worker|power/.test(trouble));
  const found = [...made].flatMap(([due, { length }]) =>
    length === 1 && known.has(due) ? [] : [`${length} backups of ${due}`],
  );
  for (const [host, times] of dues)
    for (const t of times) {
      if (made.has(`${host} ${t}`) || t > end - HOUR) continue;
      if (hindered.some(({ from, to }) => from <= t + MINUTE && to >= t)) continue;
      // One that is to be tried again makes another one needless, and so does one by hand that was asked for at that very minute.
      const isNeedless = log.some(
        (one) =>
          one.ended.host === host &&
          (one.ended.code !== null
            ? one.t < t && one.t > t - HOUR / 2
            : one.t === t && one.ended.dueAt === null),
      );
      if (isNeedless) continue;
      found.push(`no backup of ${host} due at ${timeOf(t)}`);
    }
  return found;
}
