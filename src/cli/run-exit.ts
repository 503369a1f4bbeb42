// The exit code of a command that waited for a run.
import { PROBLEMS } from "../domain/problem-catalogue.ts";
import type { Run } from "../domain/run.ts";

/** The exit code that tells how a run ended. */
export function exitCodeOf(run: Run): number {
  switch (run.status) {
    case "succeeded":
      return 0;
    case "warning":
      return 3;
    case "failed":
    case "cancelled":
      return run.problem === null ? 1 : PROBLEMS[run.problem.code].exitCode;
    case "queued":
    case "running":
      return 1;
    default:
      return run.status satisfies never;
  }
}
