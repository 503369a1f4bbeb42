// Runs, and what several shapes have in common.
import { z } from "zod";

export const instant = z.iso.datetime();
export const count = z.int().nonnegative();

export const ProblemShape = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  detail: z.string().nullable(),
});

const ProgressShape = z.object({
  percent: z.number().nullable(),
  bytes: count,
  files: count,
  bytesPerSecond: count,
  secondsLeft: count.nullable(),
});

export const StatsShape = z.object({
  files: count,
  regularFiles: count,
  directories: count,
  symlinks: count,
  bytes: count,
  newFiles: count,
  createdFiles: count.optional().describe("Under names that the base did not have."),
  newBytes: count,
  sentBytes: count,
  receivedBytes: count,
  copiedInsteadOfLinked: count,
  durationMs: count,
});

export const RunShape = z.object({
  id: count,
  host: z.string(),
  kind: z.enum(["backup", "restore", "prune", "verify", "discover", "drill"]),
  trigger: z.enum(["manual", "scheduled", "retry"]),
  status: z.enum(["queued", "running", "succeeded", "warning", "failed", "cancelled"]),
  attempt: count,
  retryOf: count.nullable(),
  schedule: count.nullable(),
  availableAt: instant.describe("Not claimed before."),
  cancelRequestedAt: instant.nullable(),
  requestedBy: z.string().nullable(),
  queuedAt: instant,
  dueAt: instant.nullable(),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  worker: z.string().nullable(),
  phase: z.string().nullable(),
  progress: ProgressShape.nullable(),
  prune: z.boolean(),
  snapshot: z.string().nullable(),
  base: z.string().nullable(),
  sandbox: z
    .enum(["bubblewrap", "landlock", "none"])
    .nullable()
    .describe("In what rsync received; null: nothing was received yet, or it is no backup."),
  sharing: z
    .enum(["hard links", "btrfs snapshot"])
    .nullable()
    .describe(
      "How it shares with the last backup what did not change; null: no tree was begun yet, or it is no backup.",
    ),
  rateLimit: count
    .nullable()
    .describe("Bytes a second that its transfer began with, 0 for no limit; null before that."),
  stats: StatsShape.nullable(),
  problem: ProblemShape.nullable(),
  warnings: z.array(ProblemShape),
  result: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe("Of a prune, discover, verify or drill, what it came to: the shape that its command prints."),
});

export const WaitingShape = z.object({
  reason: z.enum([
    ...(["host_disabled", "nobody_works", "retry_backoff", "jitter", "later", "window"] as const),
    ...(["host_busy", "slots", "workers_busy", "queue", "soon"] as const),
    ...(["no_schedule", "schedules_off", "no_scheduler", "skipped", "due"] as const),
  ]),
  message: z.string().describe("One sentence, with times of the host's time zone."),
  until: instant.nullable().describe("When that reason ends for certain."),
  estimate: instant
    .nullable()
    .describe("About when it begins, by how long such runs took lately; null without a past to go by."),
  run: count.nullable().describe("The run that it waits for, or that was in the way."),
});
const waiting = WaitingShape.nullable().describe(
  "Why it is not under way; null when it is, and when it has ended.",
);

/** A run in a list. */
export const ListedRunShape = RunShape.extend({ waiting });

/** `why`: of a run, or of a host. `run` is the one that is queued or under way. */
export const WhyShape = z.object({
  host: z.string(),
  run: count.nullable(),
  waiting,
  pruningHeld: ProblemShape.nullable().describe(
    "Of a host: why nothing is pruned before somebody has looked.",
  ),
});

/** `show-run`: a run with what its snapshot changed against the one before; null while that is not known. */
export const RunDetailShape = ListedRunShape.extend({
  changes: z
    .object({
      added: count,
      changed: count,
      removed: count,
      bytes: count.describe("Of the files among those that came or changed."),
      largest: z
        .array(z.object({ path: z.string(), change: z.enum(["added", "changed"]), size: count }))
        .describe("The largest of them."),
    })
    .nullable(),
});
