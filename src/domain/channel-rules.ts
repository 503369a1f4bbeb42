// What goes to a channel, and when, as it may be typed.
import { type ChannelRules, DIGESTS, SEVERITIES } from "./notification.ts";
import { badInput } from "./problem.ts";
import { durationText, parseDuration } from "./quantity.ts";

const USUAL_RULES: ChannelRules = {
  minSeverity: "warning",
  codes: [],
  hosts: [],
  tags: [],
  quiet: null,
  repeatSeconds: 86_400,
  digest: "off",
};

const HOUR = 3600;
const REPEAT = { minSeconds: HOUR, maxSeconds: 90 * 24 * HOUR };
const LIST_MAX = 200;

const CODE = {
  what: "The condition",
  form: /^[a-z][a-z_]{0,63}$/,
  like: "is not one, such as late or failing.",
};
const HOST = {
  what: "The host",
  form: /^[\w.*?-]{1,64}$/,
  like: "is no name or glob of hosts, such as web*.",
};
const TAG = { what: "The tag", form: /^[A-Za-z0-9][\w.:-]{0,63}$/, like: "is no tag of a host." };

/** What was given; what is left out is as in `now`. Refuses with `bad_input`. */
export function parseRules(
  given: Readonly<Record<string, unknown>>,
  now: ChannelRules = USUAL_RULES,
): ChannelRules {
  const said = <T>(value: unknown, parse: (value: unknown) => T, before: T): T =>
    value === undefined ? before : parse(value);
  return {
    minSeverity: said(given.minSeverity, (v) => oneOf("The severity", v, SEVERITIES), now.minSeverity),
    codes: said(given.codes, (v) => list(v, CODE), now.codes),
    hosts: said(given.hosts, (v) => list(v, HOST), now.hosts),
    // Hosts have theirs in small letters.
    tags: said(given.tags, (v) => [...new Set(list(v, TAG).map((tag) => tag.toLowerCase()))], now.tags),
    quiet: said(given.quiet, parseQuiet, now.quiet),
    repeatSeconds: said(given.repeatSeconds, parseRepeat, now.repeatSeconds),
    digest: said(given.digest, (v) => oneOf("The digest", v, DIGESTS), now.digest),
  };
}

function oneOf<T extends string>(what: string, given: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === given);
  if (found !== undefined) return found;
  throw badInput(what, given ?? "", `must be one of: ${known.join(", ")}.`);
}

function list(given: unknown, { what, form, like }: typeof CODE): string[] {
  if (!Array.isArray(given)) throw badInput(what, given, "is not a list.");
  if (given.length > LIST_MAX) throw badInput(what, String(given.length), `: more than ${LIST_MAX} of them.`);
  const items = given.map((item: unknown) => {
    if (typeof item !== "string" || !form.test(item)) throw badInput(what, item ?? "", like);
    return item;
  });
  return [...new Set(items)];
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** `22:00-07:00`, or both times by name; `off` and null are none. */
function parseQuiet(given: unknown): ChannelRules["quiet"] {
  if (given === null || given === "off") return null;
  const { from, to } =
    typeof given === "string"
      ? Object.fromEntries(given.split("-").map((time, at) => [["from", "to"][at] ?? "more", time.trim()]))
      : (given as Record<string, unknown>);
  const isTime = (time: unknown): time is string => typeof time === "string" && TIME.test(time);
  if (!isTime(from) || !isTime(to))
    throw badInput("The quiet hours", typeof given === "string" ? given : `${from}-${to}`, QUIET_LIKE);
  if (from === to) throw badInput("The quiet hours", `${from}-${to}`, "begin and end at the same time.");
  return { from, to };
}

const QUIET_LIKE = "are not two times such as 22:00-07:00.";

/** Seconds, or a duration such as `1d`; `off` and null are never. */
function parseRepeat(given: unknown): number | null {
  if (given === null || given === "off") return null;
  const text = typeof given === "number" && Number.isInteger(given) ? `${given}s` : given;
  return parseDuration("The time between reminders", text, REPEAT.minSeconds, REPEAT.maxSeconds);
}

/** As it is typed at the command line. */
export const repeatText = (seconds: number | null): string =>
  seconds === null ? "off" : durationText(seconds);
export const quietText = (quiet: ChannelRules["quiet"]): string =>
  quiet === null ? "off" : `${quiet.from}-${quiet.to}`;
