// Drills, and by what it is proved that what is stored can be restored.
import { z } from "zod";
import { count, RunShape } from "./runs.ts";

const DrillResultShape = z.object({
  snapshot: z.string(),
  seed: z.string().describe("Picks the same files of the same snapshot again."),
  sampled: count.describe("Files and links that were picked at random."),
  canaries: count.describe("Entries that were declared, or lie below a folder that was."),
  bytes: count,
  passedOver: count.describe("Picked, and too large for what a drill may take."),
  withoutChecksum: count.describe("Files whose content proves nothing, because nobody has a checksum yet."),
  faults: count.describe("In how many ways something is not as the catalog says."),
  findings: z
    .array(
      z.object({
        path: z.string(),
        canary: z.boolean(),
        fault: z.enum([
          ...(["not-in-snapshot", "missing", "unreadable", "damaged", "wrong-type"] as const),
          ...(["wrong-size", "wrong-owner", "wrong-mode", "wrong-time", "wrong-target"] as const),
        ]),
        expected: z.string().nullable(),
        found: z.string().nullable(),
      }),
    )
    .describe("The first of the faults."),
  command: z
    .object({ command: z.string(), exitCode: z.int().nullable(), timedOut: z.boolean() })
    .nullable()
    .describe("The command that checks what was restored; null: there is none."),
});

/** `drill`. The result is null while it has none, and when nothing could be tried. */
export const DrillShape = z.object({ run: RunShape, result: DrillResultShape.nullable() });
