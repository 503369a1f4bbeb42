// Who is to be told what now: alerts against the rules of a channel and what it was told before.
import type { Alert } from "./alert.ts";
import { BACKUP_KEY } from "./condition.ts";
import { isMatch, parseNamePattern } from "./name-pattern.ts";
import { type Channel, type MessageKind, SEVERITIES, type Severity } from "./notification.ts";
import { offsetMs } from "./wall-clock.ts";

/** An alert that was told, or is about to be, at a channel. What failed for good is none. */
export interface Told {
  readonly alertId: number;
  readonly code: string;
  readonly kind: NoticeKind;
  readonly severity: Severity;
  readonly at: Date;
  /** It waits to be sent. */
  readonly isWaiting: boolean;
}

export type NoticeKind = Extract<MessageKind, "opened" | "reminder" | "cleared">;

/** One message: all that there is to say at a channel now. */
export interface Notice {
  readonly items: readonly NoticeItem[];
}

export interface NoticeItem {
  readonly kind: NoticeKind;
  readonly alert: Alert;
}

/** At most one message about one cause comes to a channel within this time. What else there is comes with the next. */
const ONE_CAUSE_MS = 3_600_000;
const DAY_MINUTES = 1440;

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** The tags of hosts, by their names. */
export type TagsOf = (host: string) => readonly string[];

/** Whether a channel wants to hear of such an alert at all. */
function isWanted({ rules, id }: Channel, alert: Alert, tagsOf: TagsOf): boolean {
  // That nothing arrives at a channel can only be told at others.
  if (alert.key === `channel_broken@${id}`) return false;
  if (rank(alert.severity) < rank(rules.minSeverity)) return false;
  if (rules.codes.length > 0 && !namesOf(alert).some((name) => rules.codes.includes(name))) return false;
  return isOfHosts(rules, alert.host, tagsOf);
}

/** What rules may call an alert: its code; and `failing`, whatever made the newest backup of a host fail. */
const namesOf = ({ key, code }: Alert): string[] =>
  key.startsWith(`${BACKUP_KEY}@`) && code !== "never" && code !== "late" ? [code, "failing"] : [code];

/** Whether a channel's rules are about a host; null: the site as a whole. */
export function isOfHosts({ hosts, tags }: Channel["rules"], host: string | null, tagsOf: TagsOf): boolean {
  if (hosts.length === 0 && tags.length === 0) return true;
  if (host === null) return false;
  const isNamed = hosts.length === 0 || hosts.some((pattern) => isHost(pattern, host));
  return isNamed && (tags.length === 0 || tagsOf(host).some((tag) => tags.includes(tag)));
}

/** A whole name, or a glob: `web` is not `web1`, as `find` would have it. */
function isHost(pattern: string, host: string): boolean {
  const parsed = parseNamePattern(pattern);
  return parsed.glob === null ? pattern.toLowerCase() === host.toLowerCase() : isMatch(parsed, host);
}

/** Whether it waits for the end of quiet hours: whatever is not bad, and that something is over. */
export const mayWait = (kind: MessageKind, severity: Severity): boolean =>
  severity !== "bad" || !(kind === "opened" || kind === "reminder");

/** Whether nothing but what is bad is sent now. From equal to: never. */
export function isQuiet(quiet: Channel["rules"]["quiet"], timeZone: string, now: Date): boolean {
  if (quiet === null) return false;
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)];
  const wall = now.getTime() + offsetMs(timeZone, now.getTime());
  const at = Math.floor(wall / 60_000) % DAY_MINUTES;
  return from <= to ? at >= from && at < to : at >= from || at < to;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

export interface NoticeFacts {
  /** Opened ones, and those that were cleared lately. */
  readonly alerts: readonly Alert[];
  /** At this channel. */
  readonly told: readonly Told[];
  readonly tagsOf: TagsOf;
  readonly timeZone: string;
}

/**
 * What a channel is to be told now, as one message however many alerts there are; null: nothing. Nothing is said while an
 * earlier message still waits to be sent: when that has arrived, the next says all that there is to say then.
 */
export function planNotice(channel: Channel, facts: NoticeFacts, now: Date): Notice | null {
  const { alerts, told, tagsOf, timeZone } = facts;
  const quiet = isQuiet(channel.rules.quiet, timeZone, now);
  // What waits for the end of the quiet hours holds up nothing that does not.
  const holdsUp = ({ isWaiting, kind, severity }: Told): boolean =>
    isWaiting && !(quiet && mayWait(kind, severity));
  if (!channel.enabled || told.some(holdsUp)) return null;
  const of = Map.groupBy(told, ({ alertId }) => alertId);
  const recent = new Set(told.filter(({ at }) => isWithin(at, ONE_CAUSE_MS, now)).map(({ code }) => code));
  const heard = heardOf(alerts, of);
  const items = alerts.flatMap((alert): NoticeItem[] => {
    const kind = kindFor(channel, alert, heard.get(alert.id) ?? [], tagsOf, now);
    if (kind === null || recent.has(alert.code)) return [];
    return quiet && mayWait(kind, alert.severity) ? [] : [{ kind, alert }];
  });
  return items.length === 0 ? null : { items };
}

/**
 * What a channel has heard of each alert, by its id. An end that had to wait to be told may not be true any more: where the same
 * thing holds again by then, it is as if it had never ended, for those who did not hear of it. So what was said of the earlier
 * alert counts for the later one, and the earlier one has nothing more to say.
 */
function heardOf(
  alerts: readonly Alert[],
  told: ReadonlyMap<number, readonly Told[]>,
): ReadonlyMap<number, readonly Told[]> {
  const heard = new Map<number, readonly Told[]>();
  for (const ofKey of Map.groupBy(alerts, ({ key }) => key).values()) {
    let before: { id: number; told: readonly Told[] } | null = null;
    for (const { id, openedAt } of ofKey.toSorted((a, b) => a.id - b.id)) {
      if (openedAt === null) continue;
      const own = told.get(id) ?? [];
      const all: readonly Told[] = before === null ? own : [...before.told, ...own];
      if (before !== null && before.told.length > 0) heard.delete(before.id);
      heard.set(id, all);
      before = all.some(({ kind }) => kind === "cleared") ? null : { id, told: all };
    }
  }
  return heard;
}

/** What is to be told of one alert, whenever it may be. */
function kindFor(
  channel: Channel,
  alert: Alert,
  told: readonly Told[],
  tagsOf: TagsOf,
  now: Date,
): NoticeKind | null {
  const isTold = told.some(({ kind }) => kind !== "cleared");
  if (alert.clearedAt !== null)
    return isTold && !told.some(({ kind }) => kind === "cleared") ? "cleared" : null;
  if (alert.openedAt === null || alert.wellSince !== null || alert.acknowledged !== null) return null;
  if (!isWanted(channel, alert, tagsOf)) return null;
  if (!isTold || told.every(({ severity }) => rank(severity) < rank(alert.severity))) return "opened";
  const { repeatSeconds } = channel.rules;
  if (repeatSeconds === null) return null;
  const isDue = told.every(({ at }) => !isWithin(at, repeatSeconds * 1000, now));
  return isDue ? "reminder" : null;
}

/** Whether something was less than so long ago. What lies ahead by more was said before the clock was set back. */
function isWithin(at: Date, ms: number, now: Date): boolean {
  const passed = now.getTime() - at.getTime();
  return passed < ms && passed > -ms;
}
