// What messages about alerts say: plain text, whatever hosts and files are called.
import type { Alert } from "./alert.ts";
import type { Notice, NoticeItem, NoticeKind } from "./alert-notices.ts";
import { countText, numberText } from "./count-text.ts";
import { type Message, SEVERITIES } from "./notification.ts";
import { plainLine } from "./plain-line.ts";
import { offsetMs } from "./wall-clock.ts";

/** More are counted: nobody reads on. */
const LISTED_MAX = 50;
const NAMED_MAX = 3;
const SUBJECT_CHARACTERS_MAX = 200;

/** "2026-11-29 07:00", as a clock on the wall there shows it. */
export const wallText = (at: Date, timeZone: string): string =>
  new Date(at.getTime() + offsetMs(timeZone, at.getTime())).toISOString().slice(0, 16).replace("T", " ");

export interface TextFacts {
  readonly timeZone: string;
  /** Where the console is; null: nobody has said it. */
  readonly publicUrl: string | null;
}

/** A notice as the message that is sent. */
export function noticeMessage(notice: Notice, facts: TextFacts): Message {
  const { items } = notice;
  const kind = kindOf(items);
  const alerts = items.map(({ alert }) => alert);
  const of = <T>(value: (alert: Alert) => T): T | null => {
    const values = new Set(alerts.map(value));
    const [only] = values;
    return values.size === 1 && only !== undefined ? only : null;
  };
  const host = of((alert) => alert.host);
  const severity =
    kind === "cleared"
      ? "info"
      : (SEVERITIES.findLast((one) =>
          items.some((item) => item.kind !== "cleared" && item.alert.severity === one),
        ) ?? "warning");
  return {
    ...{ kind, severity, host, code: of((alert) => alert.code) },
    subject: plainLine(`pobsync: ${subjectOf(items)}`, SUBJECT_CHARACTERS_MAX),
    body: bodyOf(items, facts),
    since: of(({ since, openedAt }) => since ?? openedAt),
    url: urlOf(facts.publicUrl, alerts.length === 1 ? host : null),
  };
}

export const urlOf = (publicUrl: string | null, host: string | null): string | null =>
  publicUrl === null
    ? null
    : new URL(host === null ? "/alerts" : `/hosts/${encodeURIComponent(host)}`, publicUrl).href;

const kindOf = (items: readonly NoticeItem[]): NoticeKind =>
  (["opened", "reminder"] as const).find((kind) => items.some((item) => item.kind === kind)) ?? "cleared";

function subjectOf(items: readonly NoticeItem[]): string {
  const [first] = items;
  if (items.length === 1 && first !== undefined) {
    const { kind, alert } = first;
    const where = alert.host ?? "the backup server";
    if (kind === "cleared") return `${where} is well again (${alert.code})`;
    return kind === "reminder" ? `still: ${alert.message}` : alert.message;
  }
  const parts: string[] = [];
  for (const kind of ["opened", "reminder", "cleared"] as const) {
    const alerts = items.filter((item) => item.kind === kind).map(({ alert }) => alert);
    if (alerts.length > 0) parts.push(`${whatOf(alerts)} ${WORDS[kind][alerts.length === 1 ? 0 : 1]}`);
  }
  return parts.join("; ");
}

const WORDS = {
  opened: ["needs attention", "need attention"],
  reminder: ["still needs attention", "still need attention"],
  cleared: ["is well again", "are well again"],
} as const;

/** "web1, web2 and 298 more" or "3 things". */
function whatOf(alerts: readonly Alert[]): string {
  const hosts = [...new Set(alerts.flatMap(({ host }) => host ?? []))];
  if (hosts.length === 0 || alerts.some(({ host }) => host === null))
    return countText(alerts.length, "thing");
  const more = hosts.length - NAMED_MAX;
  const named = hosts.slice(0, NAMED_MAX).join(", ");
  return more > 0 ? `${named} and ${numberText(more)} more` : named;
}

const HEADS = {
  opened: "Needs attention:",
  reminder: "Still, and nobody has acknowledged it:",
  cleared: "Well again:",
} as const;

function bodyOf(items: readonly NoticeItem[], { timeZone }: TextFacts): string {
  const kinds = (["opened", "reminder", "cleared"] as const).filter((kind) =>
    items.some((item) => item.kind === kind),
  );
  const single = items.length === 1;
  const parts = kinds.map((kind) => {
    const alerts = items.filter((item) => item.kind === kind).map(({ alert }) => alert);
    const lines = alerts.slice(0, LISTED_MAX).flatMap((alert) => linesOf(kind, alert, timeZone, single));
    const more = alerts.length - LISTED_MAX;
    if (more > 0) lines.push(`… and ${numberText(more)} more: pobsync alerts`);
    return [...(single ? [] : [HEADS[kind]]), ...lines].join("\n");
  });
  return parts.join("\n\n");
}

function linesOf(kind: NoticeKind, alert: Alert, timeZone: string, single: boolean): string[] {
  const { message, hint, since, openedAt, clearedAt, id } = alert;
  const bullet = single ? "" : "- ";
  const begin = since ?? openedAt;
  const from = begin === null ? "" : `since ${wallText(begin, timeZone)}`;
  if (kind === "cleared") {
    const until = clearedAt === null ? "" : ` until ${wallText(clearedAt, timeZone)}`;
    return [plainLine(`${bullet}It is over: ${message} (${from}${until}, ${timeZone})`)];
  }
  const what = plainLine(`${bullet}${message}${from === "" ? "" : ` (${from}, ${timeZone})`}`);
  if (!single) return [what];
  return [what, "", plainLine(`What to do: ${hint}`), `When you have seen it: pobsync acknowledge ${id}`];
}
