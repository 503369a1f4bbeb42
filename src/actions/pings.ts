// Pings of the site and of hosts: opened, sent, tried again for a short while, and remembered when they do not arrive. Nothing here
// fails the work that it tells of.

import { endPing, type Ping, pingProblem, sitePing, startPing } from "../domain/ping.ts";
import { plainLine } from "../domain/plain-line.ts";
import type { Problem } from "../domain/problem.ts";
import type { Run } from "../domain/run.ts";
import { findPing, markPingBroken, markPingWorking, type StoredPing } from "../store/pings.ts";
import { takeTurn } from "../store/watch-turns.ts";
import type { PingTarget } from "../system/send-ping.ts";
import type { App } from "./app.ts";
import { openPingUrl } from "./ping-settings.ts";
import { whenOver } from "./rounds.ts";

/** Of one attempt. */
const ANSWER_WITHIN_MS = 6000;
/** Before each further attempt. All in all nobody waits for longer than 22 seconds. */
const PAUSES_MS = [1000, 3000];
/** The site is pinged at most that often, however many processes watch. */
const SITE_EVERY_SECONDS = 60;

const isEnd = ({ signal }: Ping): boolean => signal === "success" || signal === "fail";

/**
 * Sends a ping to where those of a host or of the site (`hostId` null) go, if there is such a place. What decides something is tried
 * again for a moment, and whether it arrived is remembered; a start or a note is told once, to a service that may not know them.
 *
 * Returns why it did not arrive; null when it did, or when there is no such place.
 */
export async function ping(
  app: App,
  hostId: number | null,
  what: Ping,
  stop?: AbortSignal,
): Promise<Problem | null> {
  const stored = await findPing(app.db, hostId);
  if (stored === null) return null;
  const why = await attempts(app, stored, what, stop);
  if (!isEnd(what) || stop?.aborted === true) return null;
  if (why === null) {
    await markPingWorking(app.db, stored);
    return null;
  }
  await markPingBroken(app.db, stored, { since: app.clock(), why: plainLine(why) });
  return pingProblem(stored.url, stored.host, why);
}

/** Why the last attempt failed, null when one has arrived. */
async function attempts(
  app: App,
  stored: StoredPing,
  what: Ping,
  stop: AbortSignal | undefined,
): Promise<string | null> {
  const opened = await openPingUrl(app, stored);
  if ("why" in opened) return opened.why;
  const target: PingTarget = { url: opened.url, allowPrivate: stored.allowPrivate };
  const { sendPing } = await import("../system/send-ping.ts");
  const pauses = isEnd(what) ? PAUSES_MS : [];
  for (let left = [...pauses]; ; left = left.slice(1)) {
    const sent = await sendPing(target, what, { signal: stop, timeoutMs: ANSWER_WITHIN_MS });
    if (sent.arrived) return null;
    const [pauseMs] = left;
    if (pauseMs === undefined || !sent.mayRetry) return sent.why;
    await whenOver(pauseMs, stop ?? null);
    stop?.throwIfAborted();
  }
}

/** The pings of one run. None of its promises ever fails, and the run waits for none of them. */
export interface RunPings {
  /** Resolves when the end was told, or could not be; with what kept it from arriving. */
  readonly ended: (run: Run, isRetried: boolean) => Promise<Problem | null>;
}

const quietly = (work: Promise<Problem | null>): Promise<Problem | null> => work.catch(() => null);

/** Tells the service that a backup begins, beside the work. Other kinds of runs have no pings. */
export function pingsOf(app: App, hostId: number, run: Run): RunPings {
  if (run.kind !== "backup") return { ended: async () => null };
  const started = quietly(ping(app, hostId, startPing(run)));
  return {
    ended: async (ended, isRetried) => {
      // What arrives last counts.
      await started;
      return quietly(ping(app, hostId, endPing(ended, isRetried)));
    },
  };
}

/** The end of a run that another process has begun. */
export const pingSettled = (app: App, run: Run, isRetried: boolean): Promise<Problem | null> =>
  run.kind === "backup" ? quietly(ping(app, run.hostId, endPing(run, isRetried))) : Promise.resolve(null);

/** What is told beside the work of a process that goes on. Its end waits for that: each ping is given up soon by itself. */
export function toldLater(): {
  readonly add: (work: Promise<unknown>) => void;
  readonly end: () => Promise<void>;
} {
  const all = new Set<Promise<unknown>>();
  return {
    add: (work) => {
      const one: Promise<unknown> = work.finally(() => all.delete(one));
      all.add(one);
    },
    end: async () => {
      await Promise.all(all);
    },
  };
}

/** Tells how the site is, unless somebody has done so within a minute. */
export async function pingSite(
  app: App,
  watcherId: string,
  bad: readonly string[],
  stop: AbortSignal,
): Promise<void> {
  if ((await findPing(app.db, null)) === null) return;
  if (!(await takeTurn(app.db, "ping", watcherId, SITE_EVERY_SECONDS))) return;
  await ping(app, null, sitePing(bad), stop);
}
