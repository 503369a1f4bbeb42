// The words that cross a wire: shapes of the JSON API and of `--json`. Instants are ISO 8601 in UTC, sizes bytes. They only grow.
import { z } from "zod";

import { ProofShape } from "./proof.ts";
import { count, instant, ListedRunShape, ProblemShape, RunShape, WaitingShape } from "./runs.ts";
import { AnomalyShape, SnapshotShape } from "./snapshots.ts";

export * from "./answers.ts";
export * from "./channels.ts";
export * from "./discovery.ts";
export * from "./history.ts";
export * from "./legacy.ts";
export * from "./people.ts";
export * from "./proof.ts";
export * from "./restore.ts";
export * from "./runs.ts";
export * from "./snapshots.ts";

const pingUrl = z.string().nullable();

export const HostShape = z.object({
  name: z.string(),
  address: z.string(),
  transport: z.enum(["ssh", "local"]),
  node: z.string().describe("The backup server that keeps it, among several on one database."),
  enabled: z.boolean(),
  tags: z.array(z.string()).describe("Words that people put on it."),
  health: z.enum(["failing", "never", "late", "fresh", "disabled"]),
  healthRule: z
    .object({
      rule: z.enum([
        ...(["switched_off", "newest_failed", "first_failed", "none_yet"] as const),
        ...(["due_missed", "too_old", "due_kept", "recent"] as const),
      ]),
      message: z.string(),
    })
    .describe("The rule that decided about its health."),
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

export const HostIdentityShape = z.object({
  role: z
    .enum(["backup", "next", "restore"])
    .describe("backup: in use. next: waits for the host to accept it. restore: may write, until it expires."),
  access: z.enum(["sudo", "root", "user", "full"]),
  user: z.string(),
  publicKey: z.string(),
  fingerprint: z.string(),
  createdAt: instant,
  expiresAt: instant.nullable(),
});

export const HostDetailShape = HostShape.extend({
  hostKeys: z.array(z.object({ type: z.string(), fingerprint: z.string() })),
  identities: z
    .array(HostIdentityShape)
    .describe(
      "Key pairs that pobsync has made for this host alone; empty: it signs in with the identity file.",
    ),
  pruningHeld: ProblemShape.nullable().describe(
    "Why nothing is pruned before somebody has looked; null when nothing speaks against it.",
  ),
  anomaly: AnomalyShape.nullable().describe("What looks odd and waits for a person's word."),
  proof: ProofShape,
  effective: z
    .record(z.string(), z.array(OriginedShape))
    .describe("Of `pingUrl`, where its pings go, only what may be shown."),
  waiting: WaitingShape.nullable().describe("Why it is not being backed up; null while it is."),
});

export const SiteShape = z.object({
  node: z.string().describe("The backup server that has this backup root."),
  backupRoot: z.string(),
  maxParallel: count,
  minFreePercent: z.number(),
  hostKeyPolicy: z.enum(["pin", "confirm"]),
  logLimitBytes: count,
  logKeepSeconds: count,
  historyKeepSeconds: count.nullable(),
  sandbox: z.enum(["auto", "required", "off"]),
  pingUrl: pingUrl.describe("Where pings of the site go, as far as it may be shown."),
  pingAllowPrivate: z.boolean(),
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
  next: z.array(instant).describe("The next five due times."),
});

const list = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.union([z.string(), z.number()]).nullable() });
export const RunListShape = list(ListedRunShape);
export const SnapshotListShape = list(SnapshotShape);
export const HostListShape = list(HostShape);
export const ScheduleListShape = list(ScheduleShape);

/** A process that lives. `parallel` 0: as many runs as the site allows; a scheduler executes none. */
export const WorkerShape = z.object({
  id: z.string(),
  role: z.enum(["worker", "scheduler"]),
  node: z.string().describe("The backup server that it works on."),
  parallel: count,
  startedAt: instant,
  seenAt: instant,
});

/** Something that a person should look at. */
export const AttentionShape = z
  .object({
    host: z.string().nullable().describe("Null: the site as a whole."),
    code: z.string().describe("Of a problem; or `never` (backed up) and `late`."),
    level: z
      .enum(["bad", "warning"])
      .describe(
        "`bad`: something is not backed up, or not safe. `warning`: it is, and somebody should look.",
      ),
    message: z.string(),
    hint: z.string(),
    since: instant.nullable(),
    run: count.nullable().describe("The run that shows it."),
  })
  .meta({ id: "Attention" });

const ConditionShape = AttentionShape.extend({
  key: z.string().describe("The same as long as it is the same thing."),
  node: z.string().nullable().describe("The backup server that alone can see it; null: any."),
}).meta({ id: "Condition" });

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
  open: z.array(ListedRunShape),
  workers: z.array(WorkerShape),
  alerts: z.object({ open: count, unacknowledged: count }),
  conditions: z.array(ConditionShape).describe("All that holds now and should not, worst first."),
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

/** `identity` is null once the keys were revoked, `check` while the host was not asked. */
export const EnrolmentShape = z.object({
  host: z.string(),
  identity: HostIdentityShape.nullable(),
  line: z.string().describe("For a shell on the host."),
  check: CheckShape.nullable(),
});

export const DoctorShape = z.object({
  ok: z.boolean(),
  findings: z.array(
    z.object({
      what: z.string(),
      found: z.string().nullable(),
      advice: z.string().nullable().describe("What would be better, where nothing is wrong."),
      problem: ProblemShape.nullable(),
    }),
  ),
});

export const HealthcheckShape = z.object({
  ok: z.boolean(),
  parts: z.array(
    z.object({ part: z.enum(["web", "worker", "scheduler"]), problem: ProblemShape.nullable() }),
  ),
});

/** Any command that did nothing. */
export const FailureShape = z.object({ problem: ProblemShape });
