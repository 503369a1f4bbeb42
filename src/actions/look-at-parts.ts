// Whether the parts of pobsync that somebody runs as services are alive on this machine.
import { setTimeout as pause } from "node:timers/promises";
import { factsOf, Problem, type ProblemFacts } from "../domain/problem.ts";
import { WORKER_ROLES } from "../store/workers.ts";
import type { App } from "./app.ts";
import { whoIsAlive } from "./presence.ts";

export const PARTS = ["web", ...WORKER_ROLES] as const;
export type Part = (typeof PARTS)[number];
export const isPart = (text: string): text is Part => (PARTS as readonly string[]).includes(text);

export interface PartFinding {
  readonly part: Part;
  readonly problem: ProblemFacts | null;
}

export interface Whereabouts {
  /** The name of this machine, or of this container: the others' workers are not ours. */
  readonly machine: string;
  /** Where the console listens; an address that stands for all of them will do. */
  readonly host: string;
  readonly port: number;
}

const ANSWER_WITHIN_MS = 5000;
/** What can be listened on and not be asked. */
const ITSELF: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

/** How long it rests before it looks again. */
const LOOK_EVERY_MS = 250;

/** The same, again and again until all of them live, or the seconds are over; a look that has begun then is waited for. */
export async function awaitParts(
  openApp: () => Promise<App>,
  parts: readonly Part[],
  where: Whereabouts,
  seconds: number,
  stop: AbortSignal,
): Promise<PartFinding[]> {
  const giveUpAt = performance.now() + seconds * 1000;
  for (;;) {
    const isLast = performance.now() >= giveUpAt;
    const findings = await lookAtParts(openApp, parts, where).catch((error: unknown) => {
      if (isLast || !isComingUp(error)) throw error;
      return null;
    });
    if (findings !== null && (isLast || findings.every(({ problem }) => problem === null))) return findings;
    await pause(LOOK_EVERY_MS);
    stop.throwIfAborted();
  }
}

/** What a database is like that is being made, brought up to date or started: whoever waits for the parts waits for it, too. */
const COMING_UP: readonly unknown[] = ["database_missing", "database_not_migrated", "database_unavailable"];
const isComingUp = (error: unknown): boolean => error instanceof Problem && COMING_UP.includes(error.code);

/** Looks at each. The database is opened only for those who say in it that they live. */
async function lookAtParts(
  openApp: () => Promise<App>,
  parts: readonly Part[],
  where: Whereabouts,
): Promise<PartFinding[]> {
  const alive = parts.some((part) => part !== "web") ? await whoIsAlive(await openApp()) : [];
  const ours = alive.filter(({ workerId }) => workerId.startsWith(`${where.machine}:`));
  return Promise.all(
    parts.map(async (part) => {
      const problem =
        part === "web"
          ? await silenceOf(where)
          : ours.some(({ role }) => role === part)
            ? null
            : new Problem("nobody_works", `No ${part} on ${where.machine} has said lately that it lives.`);
      return { part, problem: problem === null ? null : factsOf(problem) };
    }),
  );
}

/** What keeps the console from answering that it is well; null when it does. */
async function silenceOf({ host, port }: Whereabouts): Promise<Problem | null> {
  const address = ITSELF[host] ?? host;
  const url = `http://${address.includes(":") ? `[${address}]` : address}:${port}/healthz`;
  const dead = (why: string): Problem =>
    new Problem("nobody_works", `The console at ${url} ${why}.`, {
      hint: "See what it has printed last, and start it: pobsync serve",
    });
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return answer.ok ? null : dead(`answers with ${answer.status}: its database is away`);
  } catch {
    return dead("does not answer");
  }
}
