// What the server tells by itself, as server-sent events: what happens on the whole site, and how one run goes on.
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { RunShape } from "../runs.ts";
import { count, route } from "./route.ts";

const tags = ["events"];

/** Of the site, to be asked for anew. Runs are told of by themselves. */
const PARTS = ["hosts", "schedules", "snapshots", "settings", "users", "tokens", "workers"] as const;
const PartShape = z.enum(PARTS);

/** Said when nothing else was for 15 seconds: whoever hears nothing for longer has lost the connection. */
const StillShape = z.object({ type: z.literal("still") });

/** `runs`: at first all that are open (of a very long queue those that wait longest), then whatever is new in one. */
export const LiveEventShape = z.discriminatedUnion("type", [
  z.object({ type: z.literal("runs"), items: z.array(RunShape) }),
  z.object({ type: z.literal("changed"), what: z.array(PartShape) }),
  StillShape,
]);

/** `log`: lines as `GET /runs/{id}/log` gives them, the first of them with the number `from`. */
export const RunEventShape = z.discriminatedUnion("type", [
  z.object({ type: z.literal("run"), run: RunShape }),
  z.object({ type: z.literal("log"), from: count, lines: z.array(z.string()) }),
  StillShape,
]);

export const eventRoutes = {
  live: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/events", tags },
      summary: "What happens on the site, as it happens",
      description:
        "Ends when the session or token does, and for a reader who is thousands of runs behind: connect again, and ask for everything anew.",
    })
    .output(eventIterator(LiveEventShape)),
};
