// Schedules: when hosts are backed up by themselves.
import { z } from "zod";
import { RemovedScheduleShape, ScheduleShape } from "../schemas.ts";
import { count, idInput, instant, pageLimit, pageOf, route } from "./route.ts";
import { hostName } from "./runs.ts";

const tags = ["schedules"];

/** `timeZone` is the one that holds; `ownTimeZone` what the schedule says itself, null for that of its host. */
const ScheduleDetailShape = ScheduleShape.extend({
  ownTimeZone: z.string().nullable(),
  hostEnabled: z.boolean().describe("One that is disabled is not backed up, whatever its schedules say."),
}).meta({ id: "Schedule" });

const cron = z.string().max(1000);
const timeZone = z.string().max(100).nullable().optional();

const changes = {
  /** Null: that of the host. */
  timeZone,
  prune: z.boolean().optional(),
  maxDelete: count.nullable().optional().describe("Null: no limit."),
  jitter: z
    .union([z.number(), z.string().max(100)])
    .optional()
    .describe("Seconds, or a duration such as `10m`."),
  enabled: z.boolean().optional(),
};

export const scheduleRoutes = {
  list: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/schedules", tags, summary: "Schedules with their next due times" })
    .input(
      z.object({
        host: hostName.optional(),
        limit: pageLimit,
        after: z.string().max(200).optional().describe("Host and name of the last one of the page before."),
      }),
    )
    .output(pageOf(ScheduleDetailShape)),
  create: route
    .meta({ access: "admin" })
    .route({
      ...{ method: "POST", path: "/hosts/{host}/schedules", tags },
      successStatus: 201,
      summary: "Gives a host a schedule",
    })
    .input(z.strictObject({ host: hostName, name: z.string().max(255).optional(), cron, ...changes }))
    .output(ScheduleDetailShape),
  change: route
    .meta({ access: "admin" })
    .route({ method: "PATCH", path: "/schedules/{id}", tags, summary: "Changes what is named" })
    .input(z.strictObject({ ...idInput.shape, cron: cron.optional(), ...changes }))
    .output(ScheduleDetailShape),
  remove: route
    .meta({ access: "admin" })
    .route({
      ...{ method: "DELETE", path: "/schedules/{id}", tags },
      summary: "Removes a schedule; runs that it queued stay",
    })
    .input(idInput)
    .output(RemovedScheduleShape),
  preview: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "POST", path: "/schedules/preview", tags },
      summary: "What an expression says in words, and when it comes due next",
    })
    .input(
      z.strictObject({
        cron,
        /** Null or left out: that of the host, or of the site. */
        timeZone,
        host: hostName.optional(),
      }),
    )
    .output(z.object({ words: z.string(), next: z.array(instant), timeZone: z.string() })),
};
