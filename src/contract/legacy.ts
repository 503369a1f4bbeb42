// `import-configs` and `export-configs`: the predecessor's YAML.
import { z } from "zod";

export const ImportShape = z.object({
  dryRun: z.boolean().describe("Nothing was written."),
  parts: z.array(
    z.object({
      kind: z.enum(["global", "host", "schedule"]),
      host: z.string().nullable().describe("Null: the global configuration."),
      change: z.enum(["created", "changed", "unchanged"]),
      fields: z
        .record(z.string(), z.object({ before: z.unknown(), after: z.unknown() }))
        .describe("What the files say otherwise than it was."),
    }),
  ),
  notes: z.array(
    z.object({
      file: z.string(),
      key: z.string(),
      kind: z
        .enum(["covered", "unknown"])
        .describe("`covered`: pobsync always does so. `unknown`: it was left out."),
      text: z.string(),
    }),
  ),
});

export const ExportShape = z.object({
  prefix: z.string(),
  files: z.array(
    z.object({
      file: z.string().describe("Below the prefix."),
      unsaid: z.array(z.string()).describe("What is configured and cannot be said in this format."),
    }),
  ),
});
