// Limits of what a host may send, and what is said when one is passed.
import { failed, hostFailed, type ProblemKind } from "./problem-kind.ts";

export const LIMIT_PROBLEMS = {
  quota_exceeded: failed(
    "See what takes the room: pobsync space HOST. Keep fewer snapshots, or give it more: pobsync configure-host HOST --quota SIZE",
  ),
  growth_exceeded: hostFailed(
    "Find out what it is (pobsync backup HOST --dry-run). If it is right, allow more: pobsync configure-host HOST --max-new SIZE",
  ),
  too_many_entries: hostFailed(
    "Find out what it is (pobsync backup HOST --dry-run). If it is right, allow more: pobsync configure-host HOST --max-entries N",
  ),
  transfer_too_long: hostFailed(
    "What came is kept for the next backup. See in the run's log what took so long; allow more: pobsync configure-host HOST --max-duration TIME",
  ),
  files_too_large: hostFailed(
    "Leave them out for good (pobsync configure-host HOST --exclude PATTERN), or allow larger ones: --max-file-size SIZE",
  ),
} as const satisfies Record<string, ProblemKind>;
