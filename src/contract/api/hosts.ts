// Hosts: what they are, and how they are set up. What is done with them is in host-work.ts.
import { z } from "zod";
import { ChangePreviewShape, HostShape, RemovedHostShape } from "../schemas.ts";
import { HostPageShape } from "./host-page.ts";
import { hostWorkRoutes } from "./host-work.ts";
import { count, PAGE_AFTER, pageLimit, pageOf, querySwitch, route } from "./route.ts";
import { hostName, several } from "./runs.ts";
import { pingInputs, SettingFieldShape, settingInputs } from "./settings.ts";

const tags = ["hosts"];

const hostInputs = {
  address: z.string().max(300).optional(),
  transport: HostShape.shape.transport.optional(),
  node: z.string().max(100).optional().describe("The backup server that keeps it."),
  enabled: z.boolean().optional(),
  tags: z.array(z.string().max(100)).max(100).optional().describe("All of them; left out: as it is."),
  ...pingInputs,
  ...settingInputs,
};

export const hostRoutes = {
  list: route
    .meta({ access: "viewer" })
    .route({
      method: "GET",
      path: "/hosts",
      tags,
      summary: "Hosts, filtered and in the order of your choice",
    })
    .input(
      z.object({
        q: z.string().max(255).optional().describe("Part of the name or the address."),
        health: several(HostShape.shape.health).optional(),
        enabled: querySwitch.optional(),
        tag: several(z.string()).optional().describe("Only hosts that have all of these words."),
        sort: z
          .enum(["name", "health", "lastSuccess", "nextDue"])
          .optional()
          .describe("`health` begins with the worst."),
        order: z.enum(["asc", "desc"]).optional(),
        limit: pageLimit,
        after: z.string().max(100).optional().describe(PAGE_AFTER),
      }),
    )
    .output(pageOf(HostShape).extend({ total: count })),
  fields: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/settings/fields", tags },
      summary: "Every setting of hosts and site in words, in the order of a form",
    })
    .output(z.object({ items: z.array(SettingFieldShape), next: z.null() })),
  get: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/hosts/{host}", tags, summary: "One host with all that holds for it" })
    .input(z.object({ host: hostName }))
    .output(HostPageShape),
  create: route
    .meta({ access: "admin" })
    .route({ method: "POST", path: "/hosts", tags, successStatus: 201, summary: "Adds a host" })
    .input(z.strictObject({ name: hostName, ...hostInputs }))
    .output(HostPageShape),
  change: route
    .meta({ access: "admin" })
    .route({
      ...{ method: "PATCH", path: "/hosts/{host}", tags },
      summary: "Changes what is named; null is inherited again. The name never changes",
    })
    .input(z.strictObject({ host: hostName, ...hostInputs }))
    .output(HostPageShape),
  previewChange: route
    .meta({ access: "admin" })
    .route({
      ...{ method: "POST", path: "/hosts/{host}/preview", tags },
      summary: "Checks a change and tells what it does to retention; nothing is changed",
    })
    .input(z.strictObject({ host: hostName, ...hostInputs }))
    .output(ChangePreviewShape),
  remove: route
    .meta({ access: "admin" })
    .route({
      ...{ method: "DELETE", path: "/hosts/{host}", tags },
      summary: "Removes a host and its history; its snapshots are kept on the disk, or deleted for good",
    })
    .input(
      z.strictObject({
        host: hostName,
        confirm: z.string().max(255).describe("The host's name, typed once more."),
        snapshots: z.enum(["keep", "delete"]),
      }),
    )
    .output(RemovedHostShape),
  ...hostWorkRoutes,
};
