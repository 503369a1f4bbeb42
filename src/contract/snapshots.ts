// Snapshots: what they are, how they come to be, what stays and what goes.
import { z } from "zod";
import { count, instant, ProblemShape, RunShape, StatsShape } from "./runs.ts";

const PinShape = z.object({
  reason: z.string(),
  until: instant.nullable(),
  by: z.string().nullable(),
});

/** A person's word about what looked odd. */
export const AnomalyVerdictShape = z.object({
  verdict: z
    .enum(["acknowledged", "dismissed"])
    .describe(
      "`acknowledged`: seen, nobody is reminded of it, pruning stays held. `dismissed`: all is as it should be.",
    ),
  reason: z.string(),
  by: z.string().nullable(),
  at: instant,
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
  trashUntil: instant.nullable().describe("In the trash until then, for `removing`."),
  removedAt: instant.nullable(),
  freedBytes: count.nullable(),
  anomaly: z.string().nullable().describe("Why it looked odd when it was made."),
  anomalyVerdict: AnomalyVerdictShape.nullable().describe("What a person has said of that."),
  adoptedFrom: z.string().nullable().describe("The tree of another tool that it stands for."),
  fakeSuper: z
    .boolean()
    .describe("Owners, devices and set-uid bits are in attributes of its files (rsync --fake-super)."),
});

/** What looks odd on a host and waits for a person's word. */
export const AnomalyShape = z.object({
  snapshot: z.string().nullable().describe("Null: the clock is in doubt, and no snapshot."),
  message: z.string(),
  holdsPruning: z.boolean(),
  verdict: AnomalyVerdictShape.nullable(),
});

/** `acknowledge-anomaly` and `dismiss-anomaly`. */
export const JudgedAnomalyShape = z.object({
  host: z.string(),
  verdict: AnomalyVerdictShape,
  message: z.string().describe("What it is about."),
  snapshots: z.array(z.string()).describe("Those that looked odd, newest first."),
  pruningHeld: ProblemShape.nullable().describe("What holds pruning from now on."),
  stillPinned: z
    .array(z.string())
    .describe("Snapshots that pobsync has pinned itself and could not let go of here; the next prune does."),
});

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
  freeable: z
    .object({ bytes: count, complete: z.boolean() })
    .nullable()
    .describe(
      "What removing would give back of the disk; `complete` false: that much at least. Null when the disk was not looked at.",
    ),
  run: RunShape.nullable(),
});

/** `restore-from-trash`. */
export const BroughtBackShape = z.object({ run: RunShape, snapshot: SnapshotShape.nullable() });

/** `empty-trash`. */
export const EmptiedTrashShape = z.object({ run: RunShape, removed: z.array(SnapshotShape) });

/** Of one host: bytes of the disk, a shared file counted once. Snapshots are newest first. */
export const HostSpaceShape = z.object({
  host: z.string(),
  storedBytes: count,
  addedLastWeek: count,
  addedLastMonth: count,
  snapshots: z.array(
    z.object({
      snapshot: z.string(),
      startedAt: instant,
      addedBytes: count.describe("Of what it was the first to have, what is still there."),
      onlyHereBytes: count.describe("What deleting it alone would give back."),
    }),
  ),
});

/** `space`. */
export const SpaceShape = z.object({
  items: z.array(HostSpaceShape),
  next: z.null(),
  skipped: z
    .array(z.object({ host: z.string(), problem: ProblemShape }))
    .describe("Hosts that could not be looked into."),
});
