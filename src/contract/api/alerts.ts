// Alerts: what somebody should look at, who was told, and who has seen it.
import { z } from "zod";
import { AlertListShape, AlertShape } from "../alerts.ts";
import { idInput, PAGE_AFTER, pageLimit, querySwitch, route } from "./route.ts";

const tags = ["alerts"];

export const alertRoutes = {
  list: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/alerts", tags, summary: "Open alerts, or all, the newest first" })
    .input(
      z.object({
        all: querySwitch.optional().describe("Also those that are over."),
        limit: pageLimit,
        after: z.coerce.number().int().positive().optional().describe(PAGE_AFTER),
      }),
    )
    .output(AlertListShape),
  acknowledge: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "POST", path: "/alerts/{id}/acknowledge", tags },
      summary: "Somebody has seen it: nobody is reminded of it any more",
    })
    .input(z.strictObject({ ...idInput.shape, reason: z.string().max(1000).optional() }))
    .output(AlertShape),
};
