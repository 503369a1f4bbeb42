// The words that cross a wire: shapes of the JSON API and of `--json`. Instants are ISO 8601 in UTC, sizes bytes. They only grow.
import { z } from "zod";

export * from "./answers.ts";

const instant = z.iso.datetime();
const count = z.int().nonnegative();

const ProblemShape = z.object({
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

const StatsShape = z.object({
  files: count,
  regularFiles: count,
  directories: count,
  symlinks: count,
  bytes: count,
  newFiles: count,
  newBytes: count,
  sentBytes: count,
  receivedBytes: count,
  copiedInsteadOfLinked: count,
  durationMs: count,
});

export const RunShape = z.object({
  id: count,
  host: z.string(),
  kind: z.enum(["backup", "restore", "prune", "verify", "discover"]),
  trigger: z.enum(["manual", "scheduled", "retry"]),
  status: z.enum(["queued", "running", "succeeded", "warning", "failed", "cancelled"]),
  attempt: count,
  retryOf: count.nullable(),
  schedule: count.nullable(),
  /** Not claimed before. */
  availableAt: instant,
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
  stats: StatsShape.nullable(),
  problem: ProblemShape.nullable(),
  warnings: z.array(ProblemShape),
});

const PinShape = z.object({
  reason: z.string(),
  until: instant.nullable(),
  by: z.string().nullable(),
});

export const SnapshotShape = z.object({
  host: z.string(),
  name: z.string(),
  kind: z.enum(["scheduled", "manual"]),
  state: z.enum(["complete", "removing", "removed", "missing"]),
  status: z.enum(["succeeded", "warning"]),
  startedAt: instant,
  finishedAt: instant,
  base: z.string().nullable(),
  path: z.string(),
  dataPath: z.string(),
  files: count.nullable(),
  bytes: count.nullable(),
  newBytes: count.nullable(),
  runId: count.nullable(),
  pin: PinShape.nullable(),
  verifiedAt: instant.nullable(),
  verifyResult: z.string().nullable(),
});

export const HostShape = z.object({
  name: z.string(),
  address: z.string(),
  transport: z.enum(["ssh", "local"]),
  enabled: z.boolean(),
  health: z.enum(["failing", "never", "late", "fresh", "disabled"]),
  lastSuccessAt: instant.nullable(),
  nextDueAt: instant.nullable(),
  lastRun: RunShape.nullable(),
  snapshots: count,
  sources: z.array(z.string()),
  includes: z.array(z.string()),
  excludes: z.array(z.string()),
});

/** A setting that holds for a host: its value, and which layer set it. A list has one entry an item. */
const OriginedShape = z.object({
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  origin: z.enum(["default", "global", "host"]),
});

export const HostDetailShape = HostShape.extend({
  hostKeys: z.array(z.object({ type: z.string(), fingerprint: z.string() })),
  effective: z.record(z.string(), z.array(OriginedShape)),
});

export const SiteShape = z.object({
  backupRoot: z.string(),
  maxParallel: count,
  minFreePercent: z.number(),
  hostKeyPolicy: z.enum(["pin", "confirm"]),
  logLimitBytes: count,
  logKeepSeconds: count,
  historyKeepSeconds: count.nullable(),
  settings: z.record(z.string(), z.unknown()),
});

export const ScheduleShape = z.object({
  id: count,
  host: z.string(),
  name: z.string(),
  cron: z.string(),
  words: z.string(),
  timeZone: z.string(),
  prune: z.boolean(),
  maxDelete: count.nullable(),
  jitterSeconds: count,
  enabled: z.boolean(),
  nextDueAt: instant.nullable(),
  lastDueAt: instant.nullable(),
  lastSkip: z.object({ dueAt: instant, run: count }).nullable(),
  /** The next five due times. */
  next: z.array(instant),
});

const list = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.union([z.string(), z.number()]).nullable() });
export const RunListShape = list(RunShape);
export const SnapshotListShape = list(SnapshotShape);
export const HostListShape = list(HostShape);
export const ScheduleListShape = list(ScheduleShape);

/** `backup`. With --dry-run there is neither run nor snapshot, but `preview`. */
export const BackupShape = z.object({
  run: RunShape.nullable(),
  snapshot: SnapshotShape.nullable(),
  pruned: z.array(z.string()),
  preview: z
    .object({ base: z.string().nullable(), stats: StatsShape, warnings: z.array(ProblemShape) })
    .optional(),
});

/** `retention`: what stays, newest first and each with its reasons, and what would go. */
export const RetentionShape = z.object({
  host: z.string(),
  policy: z.object({
    keepLast: count.nullable(),
    keepHourly: count.nullable(),
    keepDaily: count.nullable(),
    keepWeekly: count.nullable(),
    keepMonthly: count.nullable(),
    keepYearly: count.nullable(),
    keepWithinSeconds: count.nullable(),
    timeZone: z.string(),
  }),
  keep: z.array(z.object({ snapshot: SnapshotShape, reasons: z.array(z.string()) })),
  remove: z.array(z.object({ snapshot: SnapshotShape })),
  applied: z.boolean(),
});

/** A process that lives. `parallel` 0: as many runs as the site allows; a scheduler executes none. */
export const WorkerShape = z.object({
  id: z.string(),
  role: z.enum(["worker", "scheduler"]),
  parallel: count,
  startedAt: instant,
  seenAt: instant,
});

export const StatusShape = z.object({
  summary: z.string(),
  configured: z.boolean(),
  root: z
    .object({
      path: z.string(),
      freeBytes: count.nullable(),
      totalBytes: count.nullable(),
      freeInodes: count.nullable(),
      problem: ProblemShape.nullable(),
    })
    .nullable(),
  counts: z.record(z.string(), count),
  hosts: z.array(HostShape),
  open: z.array(RunShape),
  workers: z.array(WorkerShape),
});

export const CheckShape = z.object({
  host: z.string(),
  ok: z.boolean(),
  steps: z.array(
    z.object({
      step: z.string(),
      status: z.enum(["ok", "failed", "skipped"]),
      found: z.string().nullable(),
      problem: ProblemShape.nullable(),
    }),
  ),
});

export const DoctorShape = z.object({
  ok: z.boolean(),
  findings: z.array(
    z.object({ what: z.string(), found: z.string().nullable(), problem: ProblemShape.nullable() }),
  ),
});

/** Any command that did nothing. */
export const FailureShape = z.object({ problem: ProblemShape });
