// Drills, and by what it is proved that what is stored can be restored.
import { z } from "zod";
import { count, instant, RunShape } from "./runs.ts";

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

/** Of one host: by what it is proved that it can be restored. */
export const ProofShape = z
  .object({
    host: z.string(),
    enabled: z.boolean(),
    lastSuccessAt: instant.nullable(),
    lastDrill: z
      .object({
        runId: count,
        at: instant,
        status: z.enum(["succeeded", "warning", "failed", "cancelled"]),
        snapshot: z.string(),
        sampled: count,
        canaries: count,
        bytes: count,
        faults: count,
      })
      .nullable(),
    storedFiles: count.nullable().describe("Each file once; null: nobody has looked yet."),
    storedBytes: count.nullable(),
    damagedFiles: count.nullable().describe("Of which the last reading was not what the host had."),
    readBytes: count.nullable().describe("Of those, read again within 90 days."),
    readShare: z.number().nullable().describe("From 0 to 1; null while it is not known."),
    weighedAt: instant.nullable().describe("When what is stored was looked at."),
    verifyWithinSeconds: count.nullable().describe("Null: nothing is read again by itself."),
    drillEverySeconds: count.nullable().describe("Null: no drill comes by itself."),
  })
  .meta({ id: "Proof" });

export const ProofListShape = z.object({ items: z.array(ProofShape), next: z.null() });

/** `report`: what it says. `file` and `bytes` are null when it was not written into one. */
export const ReportShape = z.object({
  title: z.string(),
  facts: z.array(z.tuple([z.string(), z.string()])),
  sections: z.array(
    z.object({
      title: z.string(),
      text: z.string(),
      table: z
        .object({
          head: z.array(z.string()),
          rows: z.array(z.array(z.string())),
          widths: z.array(z.number()).describe("Of the columns, in parts of all."),
        })
        .nullable(),
    }),
  ),
  signature: z.array(z.string()),
  file: z.string().nullable(),
  bytes: count.nullable(),
});
