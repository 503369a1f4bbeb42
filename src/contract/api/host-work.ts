// What is done with a host: reached, backed up, looked at on the disk, pruned.
import { z } from "zod";
import {
  AnomalyVerdictShape,
  CheckShape,
  DiscoveryShape,
  HostSpaceShape,
  JudgedAnomalyShape,
  ProblemShape,
  RetentionShape,
  RunShape,
} from "../schemas.ts";
import { HostPageShape } from "./host-page.ts";
import { count, querySwitch, route } from "./route.ts";
import { hostName } from "./runs.ts";
import { retentionInputs } from "./settings.ts";

const connection = ["hosts: connection"];
const work = ["hosts: work"];
const retention = ["hosts: retention"];

const oneHost = z.object({ host: hostName });

/** The plan, with why nothing is pruned before somebody has looked; null when nothing speaks against it. */
const PlanShape = RetentionShape.extend({
  held: ProblemShape.nullable(),
  words: z.string().describe('The policy in words: "7 daily, 4 weekly, in Europe/Amsterdam".'),
}).meta({ id: "RetentionPlan" });

export const hostWorkRoutes = {
  check: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "POST", path: "/hosts/{host}/check", tags: connection },
      summary: "Tries to reach a host, step by step; pins a first key where the site says so",
    })
    .input(oneHost)
    .output(CheckShape),
  acceptKey: route
    .meta({ access: "admin" })
    .route({
      ...{ method: "POST", path: "/hosts/{host}/host-key", tags: connection },
      summary: "Pins the key that the host shows now, if this is its fingerprint",
    })
    .input(z.strictObject({ host: hostName, fingerprint: z.string().max(100) }))
    .output(HostPageShape),
  publicKey: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/hosts/{host}/public-key", tags: connection },
      summary: "The line for authorized_keys on the host; null when it is not found",
    })
    .input(oneHost)
    .output(z.object({ line: z.string(), path: z.string().nullable() }).nullable()),
  backup: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "POST", path: "/hosts/{host}/backup", tags: work },
      successStatus: 202,
      summary: "Queues a backup",
    })
    .input(
      z.strictObject({
        host: hostName,
        prune: z.boolean().optional(),
        waitForWindow: z.boolean().optional().describe("Begin only while a window of the host is open."),
      }),
    )
    .output(RunShape),
  discover: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "POST", path: "/hosts/{host}/discover", tags: work },
      successStatus: 202,
      summary: "Queues a look at the disk: what lies there is recorded, and nothing is deleted",
    })
    .input(oneHost)
    .output(RunShape),
  discoverPreview: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/hosts/{host}/discover", tags: work },
      summary: "What such a look would record; nothing is changed",
    })
    .input(oneHost)
    .output(DiscoveryShape),
  space: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/hosts/{host}/space", tags: work },
      summary: "What takes the room on the disk, snapshot by snapshot",
    })
    .input(oneHost)
    .output(HostSpaceShape),
  retention: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/hosts/{host}/retention", tags: retention },
      summary: "Which snapshots stay, each with its reasons, and which would go; nothing is changed",
    })
    .input(
      oneHost.extend({
        measure: querySwitch
          .optional()
          .describe("Also look at the disk, for at most five seconds: what would removing give back?"),
      }),
    )
    .output(PlanShape),
  tryRetention: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "POST", path: "/hosts/{host}/retention/try", tags: retention },
      summary: "The same with other rules; null switches one off. Nothing is changed",
    })
    .input(z.strictObject({ host: hostName, ...retentionInputs }))
    .output(PlanShape),
  judgeAnomaly: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "POST", path: "/hosts/{host}/anomaly", tags: retention },
      summary: "Says of what looks odd on a host that it has been seen, or that all is as it should be",
    })
    .input(
      z.strictObject({
        host: hostName,
        verdict: AnomalyVerdictShape.shape.verdict,
        reason: z.string().min(1).max(1000),
      }),
    )
    .output(JudgedAnomalyShape),
  prune: route
    .meta({ access: "operator" })
    .route({
      ...{ method: "POST", path: "/hosts/{host}/retention/apply", tags: retention },
      successStatus: 202,
      summary: "Queues that what no rule keeps is removed",
    })
    .input(
      z.strictObject({
        host: hostName,
        maxDelete: count.max(100_000).optional().describe("Refused when more would go."),
        overrideHold: z.boolean().optional().describe("Prunes this once in spite of what speaks against it."),
        expect: z
          .array(z.string().max(64))
          .max(100_000)
          .optional()
          .describe("The snapshots that somebody has seen would go: refused when it would be others by now."),
      }),
    )
    .output(RunShape),
};
