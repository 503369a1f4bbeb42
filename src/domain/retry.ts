// Retries: which failed run gets another attempt by itself, and when.
import type { ProblemFacts } from "./problem.ts";
import { PROBLEMS } from "./problem-catalogue.ts";
import type { Run } from "./run.ts";

const MINUTE_MS = 60_000;

/** How long the second, third and fourth attempt wait. After that a person, or the next due time, decides. */
const BACKOFF_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS] as const;

export interface Retry {
  readonly attempt: number;
  /** The first attempt, which all others are linked to. */
  readonly retryOf: number;
  readonly availableAt: Date;
}

/**
 * The next attempt of a failed run, or null when it gets none: the problem is not transient, the attempts are used up, or
 * somebody wanted it to end.
 *
 * A run that its worker handed back is not to blame: it is queued again at once, and the attempt doesn't count.
 */
export function retryOf(
  run: Pick<Run, "id" | "attempt" | "retryOf" | "options" | "cancelRequestedAt">,
  problem: ProblemFacts | null,
  now: Date,
): Retry | null {
  if (problem === null || !run.options.retry || run.cancelRequestedAt !== null) return null;
  const first = run.retryOf ?? run.id;
  if (problem.code === "interrupted") return { attempt: run.attempt, retryOf: first, availableAt: now };
  const wait = BACKOFF_MS[run.attempt - 1];
  if (!PROBLEMS[problem.code].retryable || wait === undefined) return null;
  return { attempt: run.attempt + 1, retryOf: first, availableAt: new Date(now.getTime() + wait) };
}
