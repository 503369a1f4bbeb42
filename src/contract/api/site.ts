// The site as a whole: what there is, how it is, and what holds for all hosts.
import { z } from "zod";
import {
  AttentionShape,
  ChangePreviewShape,
  DoctorShape,
  HostDetailShape,
  SiteShape,
  StatusShape,
  WorkerShape,
} from "../schemas.ts";
import { count, instant, PAGE_AFTER, pageLimit, pageOf, route } from "./route.ts";
import { hostName } from "./runs.ts";
import { siteInputs } from "./settings.ts";

const tags = ["site"];

const IndexShape = z.object({
  name: z.literal("pobsync"),
  version: z.string(),
  links: z
    .record(z.string(), z.string())
    .describe("Everything that can be asked for without saying of what."),
  node: z.string().describe("The backup server that answers, among several on one database."),
  nodes: z
    .array(z.string())
    .describe("All of them, the first one first; none before anything is configured."),
});

/** `status`, and what the first page shows beside it. `hosts` has the worst 25, `attention` stands for its `conditions`. */
const ConsoleStatusShape = StatusShape.omit({ conditions: true })
  .extend({
    sentence: z.string().describe("The state of everything, worst first."),
    disk: z.object({ freeBytes: count, totalBytes: count, backupRoot: z.string() }).nullable(),
    attention: z
      .array(AttentionShape)
      .describe("Worst first, and at most 100 about hosts; `attentionTotal` counts all."),
    attentionTotal: count,
    hostsTotal: count,
    openTotal: z.object({ queued: count, running: count }),
  })
  .meta({ id: "Status" });

const GridShape = z.object({
  days: z.array(z.string()).describe('Oldest first, in the time zone of the site: "2026-11-23".'),
  timeZone: z.string(),
  items: z.array(
    z.object({
      host: z.string(),
      cells: z
        .array(z.enum(["succeeded", "warning", "failed", "none"]))
        .describe("One a day: how the worst backup that began on it has ended."),
    }),
  ),
  next: z.string().nullable(),
});

/** From what the last weeks brought; null while there is too little past. */
const ForecastShape = z.object({
  forecast: z
    .object({
      days: count.describe("Of which the pace is the average."),
      bytesPerDay: z.int().describe("Below zero: more was given back than came."),
      fullAt: instant.nullable().describe("When no backup can begin any more; null: not within ten years."),
    })
    .nullable(),
});

/** The site's configuration, what holds where it says nothing, and where each setting that hosts inherit comes from. */
const SettingsShape = SiteShape.extend({
  defaults: z.object({
    maxParallel: count,
    minFreePercent: z.number(),
    hostKeyPolicy: z.enum(["pin", "confirm"]),
    logLimitBytes: count,
    logKeepSeconds: count,
    historyKeepSeconds: count.nullable(),
    sandbox: z.enum(["auto", "required", "off"]),
    pingUrl: z.null(),
    pingAllowPrivate: z.boolean(),
  }),
  effective: HostDetailShape.shape.effective,
}).meta({ id: "Settings" });

const DAYS_MAX = 90;

export const siteRoutes = {
  index: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/", tags, summary: "What this is, and what there is to ask for" })
    .output(IndexShape),
  status: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/status", tags, summary: "The state of everything, in one look" })
    .output(ConsoleStatusShape),
  grid: route
    .meta({ access: "viewer" })
    .route({
      method: "GET",
      path: "/status/grid",
      tags,
      summary: "How backups went, host by host, day by day",
    })
    .input(
      z.object({
        days: z.coerce.number().int().min(1).max(DAYS_MAX).optional(),
        limit: pageLimit,
        after: hostName.optional().describe(PAGE_AFTER),
      }),
    )
    .output(GridShape),
  forecast: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/status/forecast", tags, summary: "When the backup disk will be full" })
    .output(ForecastShape),
  doctor: route
    .meta({ access: "operator" })
    .route({ method: "GET", path: "/doctor", tags, summary: "What is wrong with this installation" })
    .output(DoctorShape),
  workers: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/workers", tags, summary: "Processes that see to the queue" })
    .output(pageOf(WorkerShape)),
  settings: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/settings", tags, summary: "What holds for all hosts" })
    .output(SettingsShape),
  changeSettings: route
    .meta({ access: "admin" })
    .route({
      ...{ method: "PATCH", path: "/settings", tags },
      summary: "Changes what is named; null is the default again",
    })
    .input(z.strictObject(siteInputs))
    .output(SettingsShape),
  previewSettings: route
    .meta({ access: "admin" })
    .route({
      ...{ method: "POST", path: "/settings/preview", tags },
      summary: "Checks a change and tells what it does to retention; nothing is changed",
    })
    .input(z.strictObject(siteInputs))
    .output(ChangePreviewShape),
};
