// What `discover-snapshots` answers.
import { z } from "zod";
import { count, ProblemShape } from "./runs.ts";

const found = {
  found: count.describe("Snapshots on disk: recorded, known and returned ones together."),
  recorded: z.array(z.string()),
  known: count,
  missing: z.array(z.string()),
  returned: z.array(z.string()),
  refused: z.array(z.object({ path: z.string(), why: z.string() })),
};

/** Totals, and the same host by host. `refused` of the totals also names what belongs to no host. */
export const DiscoveryShape = z.object({
  ...found,
  hosts: z.array(
    z.object({
      host: z.string(),
      run: count.nullable().describe("Null in a dry run, and when another run had the host."),
      ...found,
      rebuilt: z
        .object({ from: z.string(), configured: z.boolean() })
        .nullable()
        .describe(
          "With --rebuild, when the host was not there before: from which snapshot, and whether that said how it is reached.",
        ),
      problem: ProblemShape.nullable(),
    }),
  ),
});
