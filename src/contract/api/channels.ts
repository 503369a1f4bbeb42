// Channels: where messages go. What is secret goes in and never comes out.
import { z } from "zod";
import {
  ChannelFormShape,
  ChannelKindShape,
  ChannelShape,
  DigestShape,
  NotifiedShape,
  RemovedChannelShape,
  SeverityShape,
} from "../channels.ts";
import { pageOf, route } from "./route.ts";

const tags = ["channels"];
const name = z.string().min(1).max(64);
const names = z.array(z.string().max(64)).max(200);

const changes = {
  enabled: z.boolean().optional(),
  settings: z
    .record(
      z.string().max(64),
      z.union([
        z.string().max(65_536),
        z.number(),
        z.boolean(),
        z.array(z.string().max(2048)).max(50),
        z.null(),
      ]),
    )
    .optional()
    .describe("By the names that GET /channels/forms tells. Left out: stays; null: taken away."),
  rules: z
    .strictObject({
      minSeverity: SeverityShape.optional(),
      codes: names.optional(),
      hosts: names.optional(),
      tags: names.optional(),
      quiet: z
        .strictObject({ from: z.string().max(5), to: z.string().max(5) })
        .nullable()
        .optional(),
      repeatSeconds: z.int().nonnegative().nullable().optional(),
      digest: DigestShape.optional(),
    })
    .optional(),
};

export const channelRoutes = {
  list: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/channels", tags, summary: "Where messages go, and whether they arrive" })
    .output(pageOf(ChannelShape)),
  forms: route
    .meta({ access: "viewer" })
    .route({
      method: "GET",
      path: "/channels/forms",
      tags,
      summary: "What each kind of channel needs to know",
    })
    .output(pageOf(ChannelFormShape)),
  create: route
    .meta({ access: "admin" })
    .route({ method: "POST", path: "/channels", tags, successStatus: 201, summary: "Makes a channel" })
    .input(z.strictObject({ name, kind: ChannelKindShape, ...changes }))
    .output(ChannelShape),
  change: route
    .meta({ access: "admin" })
    .route({
      ...{ method: "PATCH", path: "/channels/{name}", tags },
      summary: "Changes a channel; what is left out stays, secrets too",
    })
    .input(z.strictObject({ name, ...changes }))
    .output(ChannelShape),
  test: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "POST", path: "/channels/{name}/test", tags },
      summary: "Sends a test and tells whether the service took it, within half a minute",
    })
    .input(z.strictObject({ name }))
    .output(NotifiedShape),
  remove: route
    .meta({ access: "admin" })
    .route({ method: "DELETE", path: "/channels/{name}", tags, summary: "Removes a channel" })
    /** `confirm` is the name once more. */
    .input(z.strictObject({ name, confirm: z.string().max(64) }))
    .output(RemovedChannelShape),
};
