// Pings to a dead man's switch: a service that raises the alarm when it hears nothing. They speak the language of Healthchecks:
// the address itself is a success, with /start, /fail or /log behind it something else.
// Source: https://healthchecks.io/docs/http_api/

import { secretUrl } from "./channel-words.ts";
import { plainLine } from "./plain-line.ts";
import { badInput, Problem } from "./problem.ts";
import type { Run } from "./run.ts";

/** `log` tells the service something and changes nothing about what it thinks of us. */
export const PING_SIGNALS = ["start", "success", "fail", "log"] as const;
export type PingSignal = (typeof PING_SIGNALS)[number];

export interface Ping {
  readonly signal: PingSignal;
  /** Plain lines. */
  readonly text: string;
  /** The same at the start and the end of one run, so that the service can tell how long it took; null: of no run. */
  readonly runId: string | null;
}

/** What may be seen of where pings go. */
export interface ShownPing {
  readonly url: string;
  readonly allowPrivate: boolean;
  /** Since when nothing arrives, and why; null: it does, as far as anybody knows. */
  readonly broken: { readonly since: Date; readonly why: string } | null;
}

/** What is said while nothing arrives there. `host` is null where it is the site's. */
export function pingProblem(url: string, host: string | null, why: string): Problem {
  const message = `Pings of ${host ?? "the site"} do not arrive at ${url}: ${why}.`;
  if (host === null) return new Problem("ping_failing", message);
  return new Problem("ping_failing", message, {
    hint: `Look at the address and the network, and whether the service still knows that check. The next backup tries again: pobsync backup ${host}`,
  });
}

const HIDDEN = "(hidden)";
const URL_MAX = 2048;
/** A name of DNS has 253 characters at most. */
const ORIGIN_MAX = 300;

/** Null: none. Never repeats what was given: whoever knows the address can ping in our name. */
export function parsePingUrl(given: unknown): string | null {
  if (given === null || given === "off") return null;
  const text = typeof given === "string" ? given.trim() : "";
  if (text === "") throw badInput("--ping-url", "", "is no address; off takes it away.");
  if (/[\p{C}\p{Z}]/u.test(text)) throw badInput("--ping-url", "", "holds a blank or a control character.");
  if (text.includes(HIDDEN))
    throw badInput("--ping-url", "", "is shown without its secret part: give all of it.");
  const url = secretUrl("--ping-url", text);
  if (new URL(url).origin.length > ORIGIN_MAX)
    throw badInput("--ping-url", "", "names a server that cannot be: its name is too long.");
  if (url.length > URL_MAX) throw badInput("--ping-url", "", `is longer than ${URL_MAX} characters.`);
  return url;
}

/** What of the address may be shown: where it leads, without what gives the right to ping. */
export const shownPingUrl = (url: string): string => `${new URL(url).origin}/${HIDDEN}`;

/** Where a signal goes: its word stands at the end of the path, before what may follow a `?`. */
export function pingUrl(base: string, { signal, runId }: Pick<Ping, "signal" | "runId">): string {
  const url = new URL(base);
  if (signal !== "success") url.pathname = `${url.pathname.replace(/\/+$/, "")}/${signal}`;
  if (runId !== null) url.searchParams.set("rid", runId);
  return url.href;
}

/**
 * The id of a run for the service, which wants a UUID: one of version 8, made of the run's number and its start. So a process
 * that settles what another one began finds the same.
 */
export function pingRunId({ id, startedAt }: Pick<Run, "id" | "startedAt">): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
  const number = hex(id, 12).slice(-12);
  return `${number.slice(0, 8)}-${number.slice(8)}-8000-8000-${hex(startedAt?.getTime() ?? 0, 12).slice(-12)}`;
}

/**
 * What the end of a backup is to the service. With warnings there is a snapshot, so it counts as a success. What is tried
 * again, or was cancelled, decides nothing: if no good backup follows in time, the service says so by itself.
 */
export function endSignal(run: Pick<Run, "status">, isRetried: boolean): PingSignal {
  switch (run.status) {
    case "succeeded":
    case "warning":
      return "success";
    case "failed":
      return isRetried ? "log" : "fail";
    case "cancelled":
    case "queued":
    case "running":
      return "log";
    default:
      return run.status satisfies never;
  }
}

type PingedRun = Pick<Run, "id" | "host" | "status" | "startedAt" | "problem" | "warnings">;

const about = ({ id, host }: PingedRun): string[] => [`host: ${host}`, `run: ${id}`];

export const startPing = (run: PingedRun): Ping => ({
  ...{ signal: "start", runId: pingRunId(run) },
  text: lines([...about(run), "status: running"]),
});

/** Codes and numbers only: what hosts and files are called is nobody's business there. */
export const endPing = (run: PingedRun, isRetried: boolean): Ping => ({
  ...{ signal: endSignal(run, isRetried), runId: pingRunId(run) },
  text: lines([
    ...about(run),
    `status: ${run.status}`,
    ...(run.problem === null ? [] : [`problem: ${run.problem.code}`]),
    ...[...new Set(run.warnings.map(({ code }) => code))].map((code) => `warning: ${code}`),
    ...(isRetried ? ["It is tried again."] : []),
  ]),
});

/** A service mails what it gets: the first of it says what is wrong. */
const SENTENCES_MAX = 20;

/** @param bad what is bad about the site as a whole, as sentences */
export const sitePing = (bad: readonly string[]): Ping => ({
  ...{ signal: bad.length === 0 ? "success" : "fail", runId: null },
  text: lines(
    bad.length === 0
      ? ["Somebody looks after the site, and nothing bad holds."]
      : bad.slice(0, SENTENCES_MAX).map((sentence) => plainLine(sentence)),
  ),
});

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
