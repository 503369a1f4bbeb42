// The queue and the history.
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { ListedRunShape, RunDetailShape, RunShape } from "../runs.ts";
import { RunEventShape } from "./events.ts";
import { count, idInput, PAGE_AFTER, pageLimit, pageOf, queryCount, route } from "./route.ts";

const tags = ["runs"];
const KINDS = RunShape.shape.kind;
const STATUSES = RunShape.shape.status;

/** One, or several with commas between them. */
export const several = <T extends string>(one: z.ZodType<T, string>) =>
  z
    .string()
    .max(200)
    .transform((text) => text.split(",").filter((part) => part !== ""))
    .pipe(z.array(one));

export const hostName = z.string().min(1).max(255);
const snapshotName = z.string().min(1).max(64);
const snapshotCount = z.int().nonnegative().max(1_000_000);
const CENTURY_SECONDS = 100 * 365 * 86_400;

/** What can be asked for. A restore begins with its preview: `POST /hosts/{host}/restore/preview`. */
const NewRunShape = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("backup"),
    host: hostName,
    prune: z.boolean().optional().describe("Remove afterwards what no rule keeps any more."),
    maxDelete: snapshotCount.optional(),
    waitForWindow: z.boolean().optional().describe("Begin only while a window of the host is open."),
    acceptEmpty: z.boolean().optional().describe("A source that was full last time may be empty now."),
  }),
  z.object({
    kind: z.literal("verify"),
    host: hostName,
    snapshot: snapshotName.optional().describe("Only what this snapshot shows."),
    percent: z
      .number()
      .gt(0)
      .max(100)
      .optional()
      .describe("Only so many percent of the bytes, the longest unread first."),
    olderThanSeconds: z
      .int()
      .nonnegative()
      .max(CENTURY_SECONDS)
      .optional()
      .describe("Only what was not read for so long."),
    damagedOnly: z.boolean().optional().describe("Only what an earlier verification found damaged."),
    repair: z
      .boolean()
      .optional()
      .describe("Mend what is damaged, from a healthy copy here or from the host."),
  }),
  z.object({
    kind: z.literal("prune"),
    host: hostName,
    maxDelete: snapshotCount.optional().describe("Refuse when more than that would go."),
    overrideHold: z.boolean().optional().describe("Prunes this once in spite of what speaks against it."),
  }),
  z.object({ kind: z.literal("discover"), host: hostName }),
  z
    .object({
      kind: z.literal("drill"),
      host: hostName,
      snapshot: snapshotName.optional().describe("Left out: the newest."),
      files: z.int().nonnegative().max(100_000).optional().describe("How many are picked at random."),
      bytes: z
        .int()
        .nonnegative()
        .max(2 ** 50)
        .optional()
        .describe("What they may come to. A file that does not fit any more is passed over."),
      seed: z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,64}$/)
        .optional()
        .describe("Of an earlier drill, to pick the same files of the same snapshot."),
    })
    .describe("Restores a sample and the canaries into a folder of its own, and compares them."),
]);

export const runRoutes = {
  list: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/runs", tags, summary: "Runs, newest first" })
    .input(
      z.object({
        host: z.string().max(255).optional(),
        kind: KINDS.optional(),
        status: several(STATUSES).optional(),
        trigger: several(RunShape.shape.trigger).optional(),
        limit: pageLimit,
        after: queryCount.optional().describe(PAGE_AFTER),
      }),
    )
    .output(pageOf(ListedRunShape)),
  create: route
    .meta({ access: "operator" })
    .route({ method: "POST", path: "/runs", tags, successStatus: 202, summary: "Queues a run" })
    .input(NewRunShape)
    .output(RunShape),
  get: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/runs/{id}", tags, summary: "One run, and what its snapshot changed" })
    .input(idInput)
    .output(RunDetailShape),
  log: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/runs/{id}/log", tags, summary: "Lines of a run's log" })
    .input(
      idInput.extend({
        from: queryCount
          .optional()
          .describe("The number of the first line that is wanted; that of the log's first line is 0."),
        limit: z.coerce.number().int().min(1).max(2000).optional(),
      }),
    )
    .output(
      z.object({
        lines: z.array(z.string()),
        next: count
          .nullable()
          .describe("Goes into `from` of the next request; null when nothing comes any more."),
        ended: z.boolean().describe("The run has ended, so that nothing more is written."),
        exists: z.boolean().describe("False: there is no log yet, or none any more."),
      }),
    ),
  logFile: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/runs/{id}/log.txt", tags, outputStructure: "detailed" },
      summary: "The whole log of a run as a text file",
      successDescription: "The log, as text/plain in UTF-8",
    })
    .input(idInput)
    .output(z.object({ headers: z.record(z.string(), z.string()), body: z.instanceof(ReadableStream) })),
  events: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/runs/{id}/events", tags },
      summary: "How a run goes on, as it happens",
      description:
        "The last event is the run as it ended, after all of its log: close the stream then, or it begins anew.",
    })
    .input(
      idInput.extend({
        from: queryCount.optional().describe("Lines of the log before that number are left out."),
      }),
    )
    .output(eventIterator(RunEventShape)),
  cancel: route
    .meta({ access: "operator" })
    .route({
      method: "POST",
      path: "/runs/{id}/cancel",
      tags,
      summary: "Ends a run that waits or is under way",
    })
    .input(idInput)
    .output(RunShape),
  retry: route
    .meta({ access: "operator" })
    .route({
      method: "POST",
      path: "/runs/{id}/retry",
      tags,
      successStatus: 202,
      summary: "Tries again what failed",
    })
    .input(idInput)
    .output(RunShape),
};
