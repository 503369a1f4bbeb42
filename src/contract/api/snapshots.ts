// Snapshots of all hosts: what there is, what is pinned, and what lies in the trash.
import { z } from "zod";
import { RunDetailShape, RunShape } from "../runs.ts";
import { SnapshotShape } from "../snapshots.ts";
import { PAGE_AFTER, pageLimit, pageOf, route } from "./route.ts";
import { hostName, several } from "./runs.ts";

const tags = ["snapshots"];
const trash = ["trash"];
const { state, kind, status } = SnapshotShape.shape;

/** The name of a snapshot; "latest" is the newest complete one. */
const oneSnapshot = z.object({ host: hostName, snapshot: z.string().min(1).max(64) });

/** The moment and the number of the last one on the page before; only years that every database knows. */
const place = z
  .string()
  .regex(/^(?:\d{1,14}|-\d{1,13})\.\d{1,15}$/, "That is not the `next` of a page of snapshots.");

const filters = z.object({
  host: hostName.optional(),
  kind: kind.optional(),
  status: status.optional(),
  limit: pageLimit,
  after: place.optional().describe(PAGE_AFTER),
});

/** What it changed against its base, and the run that made it; null where that is not known any more. */
const SnapshotDetailShape = SnapshotShape.extend({
  changes: RunDetailShape.shape.changes,
  run: RunShape.nullable(),
});

export const snapshotRoutes = {
  list: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/snapshots", tags },
      summary: "Snapshots, newest first; without `state`, all but those that were removed",
    })
    .input(filters.extend({ state: several(state).optional() }))
    .output(pageOf(SnapshotShape)),
  get: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/hosts/{host}/snapshots/{snapshot}", tags },
      summary: "One snapshot, what it changed, and the run that made it",
    })
    .input(oneSnapshot)
    .output(SnapshotDetailShape),
  pin: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "PUT", path: "/hosts/{host}/snapshots/{snapshot}/pin", tags },
      summary: "Keeps a snapshot, whatever the rules say",
    })
    .input(
      oneSnapshot.extend({
        reason: z.string().min(1).max(1000),
        until: z
          .string()
          .min(1)
          .max(100)
          .optional()
          .describe(
            "A day (to its end, in the host's time zone), a moment, or a duration such as `90d`; left out: for ever.",
          ),
      }),
    )
    .output(SnapshotShape),
  unpin: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "DELETE", path: "/hosts/{host}/snapshots/{snapshot}/pin", tags },
      summary: "Leaves a snapshot to the rules again",
    })
    .input(oneSnapshot)
    .output(SnapshotShape),
  trash: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/trash", tags: trash },
      summary: "Snapshots that were removed and are not deleted yet, newest first",
    })
    .input(filters)
    .output(pageOf(SnapshotShape)),
  bringBack: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "POST", path: "/hosts/{host}/snapshots/{snapshot}/bring-back", tags: trash },
      successStatus: 202,
      summary: "Queues that a snapshot comes back from the trash, pinned for a week",
    })
    .input(oneSnapshot)
    .output(RunShape),
  emptyTrash: route
    .meta({ access: "admin" })
    .route({
      ...{ method: "POST", path: "/trash/empty", tags: trash },
      successStatus: 202,
      summary: "Queues that what lies in the trash is deleted for good, of one host or of all",
    })
    .input(z.object({ confirm: z.literal("empty the trash"), host: hostName.optional() }))
    .output(z.object({ items: z.array(RunShape), next: z.null() })),
};
