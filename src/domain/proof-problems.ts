// What drills and reports can come to. Part of the catalogue.
import { failed, type ProblemKind } from "./problem-kind.ts";

export const PROOF_PROBLEMS = {
  drill_differs: failed(
    "The detail says what did not come back as it was stored. Read everything again: pobsync verify HOST --repair",
  ),
  drill_command_failed: failed(
    "Its output stands in the run's log: pobsync show-run ID --follow. Try it by hand on restored files: pobsync restore HOST:PATH --to DIR",
  ),
} as const satisfies Record<string, ProblemKind>;
