// What `restore` answers.
import { z } from "zod";
import { count, ProblemShape, RunShape } from "./runs.ts";
import { SnapshotShape } from "./snapshots.ts";

/** Counts are of entries of every type; `items` holds the first paths of each sort, as they are called on the target. */
const PreviewShape = z.object({
  created: count,
  overwritten: count,
  attributesOnly: count.describe(
    "Of those overwritten: their content stays, and only their time, mode, owner or other attributes change.",
  ),
  deleted: count,
  unchanged: count,
  bytes: count.describe("Of the files whose content has to be written."),
  items: z.object({
    created: z.array(z.string()),
    overwritten: z.array(z.string()),
    attributesOnly: z.array(z.string()),
    deleted: z.array(z.string()),
  }),
});

/**
 * `restore`. `run` is null when it was only looked at, when there was nothing to do, or when it was refused: then `problem` says why.
 * `target.host` is null for this server. `checked` is null unless contents were compared: afterwards, or instead (`--dry-run --check`).
 */
export const RestoreShape = z.object({
  run: RunShape.nullable(),
  preview: PreviewShape,
  target: z.object({
    kind: z.enum(["folder", "host", "in-place"]),
    host: z.string().nullable(),
    path: z.string(),
  }),
  snapshot: SnapshotShape,
  checked: z.object({ differences: count, items: z.array(z.string()) }).nullable(),
  warnings: z.array(ProblemShape),
  problem: ProblemShape.nullable(),
});
