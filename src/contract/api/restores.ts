// Restores: looked at first, and then done. Both are runs that a worker executes.
import { z } from "zod";
import { RunShape } from "../runs.ts";
import { filePath, snapshotWish } from "./files.ts";
import { route } from "./route.ts";
import { hostName } from "./runs.ts";

const tags = ["restores"];
const dir = z.string().min(1).max(4096);

const wish = {
  host: hostName,
  snapshot: snapshotWish.optional().describe("The newest one when it is left out."),
  path: filePath.optional().describe("Everything when it is left out."),
  target: z.discriminatedUnion("to", [
    /** A folder of this server, which is made if need be. */
    z.object({ to: z.literal("folder"), dir }),
    /** A configured host; without a folder, the same paths there. */
    z.object({ to: z.literal("host"), host: hostName, dir: dir.optional() }),
    z.object({ to: z.literal("in-place") }),
  ]),
  delete: z
    .boolean()
    .optional()
    .describe("Also delete what is there and not in the snapshot, below the restored path."),
  check: z
    .boolean()
    .optional()
    .describe("Compare contents, and not just sizes and times: in a preview, and after a restore."),
};

export const restoreRoutes = {
  preview: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "POST", path: "/hosts/{host}/restore/preview", tags, successStatus: 202 },
      summary: "Queues a look at what a restore would do",
      description:
        "Nothing is changed. When the run has ended, its `result` has `preview`, `target`, and `consent`: what a person would have to agree to, or null.",
    })
    .input(z.object(wish))
    .output(RunShape),
  create: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "POST", path: "/hosts/{host}/restore", tags, successStatus: 202 },
      summary: "Queues a restore",
      description:
        "With `seen`, the run of a preview of the same restore, it does no more harm than that preview has shown; what came there since makes it end with confirmation_needed.",
    })
    .input(
      z.object({
        ...wish,
        yes: z
          .boolean()
          .optional()
          .describe("A person has agreed that what exists is overwritten or deleted."),
        seen: z.int().positive().optional().describe("The number of the run that a person has looked at."),
      }),
    )
    .output(RunShape),
};
