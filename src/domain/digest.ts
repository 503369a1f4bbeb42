// The news of a day or a week: when it is due at a channel, and what it says.
import type { Alert } from "./alert.ts";
import { isOfHosts, type TagsOf } from "./alert-notices.ts";
import { type TextFacts, urlOf, wallText } from "./alert-text.ts";
import { countText } from "./count-text.ts";
import { HEALTHS, type Health } from "./health.ts";
import type { Channel, Message } from "./notification.ts";
import { plainLine } from "./plain-line.ts";
import { previousDue } from "./schedule.ts";
import { offsetMs } from "./wall-clock.ts";

/** In the time zone of the site: who comes to work finds it there. */
const CRONS = { daily: "0 7 * * *", weekly: "0 7 * * 1" } as const;
/** Later than that it is no news of the morning any more. */
const LATE_MAX_MS = 12 * 3_600_000;
const LINES_MAX = 200;

/** The day whose digest is due at a channel now, as "2026-11-29"; null: none is. The same day is never due twice. */
export function digestDay(
  { rules, createdAt, enabled }: Channel,
  timeZone: string,
  now: Date,
): string | null {
  if (!enabled || rules.digest === "off") return null;
  const due = previousDue({ cron: CRONS[rules.digest], timeZone }, now);
  if (due === null || now.getTime() - due.getTime() > LATE_MAX_MS || createdAt >= due) return null;
  return new Date(due.getTime() + offsetMs(timeZone, due.getTime())).toISOString().slice(0, 10);
}

export interface DigestHost {
  readonly name: string;
  readonly health: Health;
  readonly lastSuccessAt: Date | null;
}

export interface DigestFacts extends TextFacts {
  readonly hosts: readonly DigestHost[];
  /** Those that are open. */
  readonly alerts: readonly Alert[];
  readonly tagsOf: TagsOf;
}

const WORDS: { readonly [H in Health]: string } = {
  ...{ fresh: "fresh", late: "late", failing: "failing" },
  ...{ never: "never backed up", disabled: "disabled" },
};
/** As somebody reads the subject: what is well first, so that the numbers of two days stand below each other. */
const ORDER = ["fresh", "late", "failing", "never", "disabled"] as const;

/** What a channel is told of the hosts that its rules are about. */
export function digestMessage({ rules }: Channel, facts: DigestFacts, now: Date): Message {
  const { timeZone, tagsOf } = facts;
  const hosts = facts.hosts
    .filter(({ name }) => isOfHosts(rules, name, tagsOf))
    .toSorted((a, b) => HEALTHS.indexOf(a.health) - HEALTHS.indexOf(b.health));
  const alerts = facts.alerts.filter(({ host }) => isOfHosts(rules, host, tagsOf));
  const count = (health: Health): number => hosts.filter((host) => host.health === health).length;
  const counts = ORDER.filter((health) => health === "fresh" || count(health) > 0)
    .map((health) => `${count(health)} ${WORDS[health]}`)
    .join(", ");
  const more = hosts.length - LINES_MAX;
  const body = [
    `${counts} (${wallText(now, timeZone)}, ${timeZone})`,
    ...(alerts.length === 0 ? [] : ["", `${countText(alerts.length, "open alert")}:`]),
    ...alerts.slice(0, LINES_MAX).map(({ message }) => plainLine(`- ${message}`)),
    ...(hosts.length === 0 ? [] : ["", "Hosts, worst first:"]),
    ...hosts.slice(0, LINES_MAX).map((host) => hostLine(host, timeZone)),
    ...(more > 0 ? [`… and ${more} more: pobsync hosts`] : []),
  ];
  const isBad = count("failing") + count("never") + count("late") > 0;
  return {
    ...{ kind: "digest", severity: isBad ? "warning" : "info", host: null, code: null, since: null },
    subject: `pobsync: ${counts}`,
    body: body.join("\n"),
    url: urlOf(facts.publicUrl, null),
  };
}

function hostLine({ name, health, lastSuccessAt }: DigestHost, timeZone: string): string {
  const last =
    lastSuccessAt === null ? "no good backup yet" : `last good one ${wallText(lastSuccessAt, timeZone)}`;
  return plainLine(`- ${name}: ${WORDS[health]}, ${last}`);
}
