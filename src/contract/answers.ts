// What commands answer that have done something and have nothing else to show.
import { z } from "zod";
import { RunShape } from "./runs.ts";

const count = z.int().nonnegative();

/** `schedule --remove`. */
export const RemovedScheduleShape = z.object({
  host: z.string(),
  name: z.string(),
  removed: z.literal(true),
});

/** `worker` and `up`, when they end. */
export const WorkDoneShape = z.object({ ended: count, failed: count });

/** `serve`, when it ends: where it listened. */
export const ServedShape = z.object({ served: z.string() });

/** `scheduler`, when it ends. */
export const QueuedShape = z.object({ queued: count });

/** `forget-runs`. */
export const ForgottenRunsShape = z.object({ forgotten: count });

/** `migrate`: what was applied just now, and where the database is, without its password. */
export const MigrationShape = z.object({ applied: z.array(z.string()), database: z.string() });

/** `metrics`: the text that `/metrics` has, or with --output the file that holds it. */
export const MetricsShape = z.object({
  text: z.string().nullable(),
  file: z.string().nullable(),
  bytes: count,
});

/** `dumpdata --output`: the file, and how many rows of each table are in it. */
export const DumpedShape = z.object({
  file: z.string(),
  bytes: count,
  rows: z.record(z.string(), count),
});

/** `loaddata`: how many rows each table got, and where the database is, without its password. */
export const LoadedShape = z.object({ rows: z.record(z.string(), count), database: z.string() });

/** `remove-host`. `folder` is where snapshots that were kept lie. */
export const RemovedHostShape = z.object({
  name: z.string(),
  snapshots: count,
  deleted: z.boolean(),
  folder: z.string(),
  deleting: z.literal(true).optional().describe("Deleting goes on: it takes longer than a request should."),
});

/** `configure-host` and `configure-global` with --dry-run: what changed rules of retention would do, host by host. */
export const ChangePreviewShape = z.object({
  changed: z.literal(false),
  effects: z.array(
    z.object({
      host: z.string(),
      before: z.string(),
      after: z.string(),
      more: z.array(z.string()).describe("Names that the next prune would remove under the new rules only."),
      fewer: z.array(z.string()),
    }),
  ),
});

/** What became of a damaged or unreadable file: from where it was repaired, or why not. Both null: nobody asked for it. */
const mending = { repaired: z.enum(["copy", "host"]).nullable(), whyNot: z.string().nullable() };

/** `verify`. `run` is null when there were several, one a host, or none. Digests are XXH128 in hexadecimal. */
export const VerifyShape = z.object({
  run: RunShape.nullable(),
  runs: z.array(RunShape),
  checked: count.describe("Stored files, each once."),
  bytes: count,
  damaged: z.array(
    z.object({
      host: z.string(),
      path: z.string(),
      snapshots: z.array(z.string()),
      expected: z.string(),
      found: z.string(),
      healthy: z
        .object({ snapshot: z.string(), path: z.string() })
        .nullable()
        .describe("Where the same content still is as it was."),
      ...mending,
    }),
  ),
  unreadable: z.array(z.object({ path: z.string(), error: z.string(), ...mending })),
});
