// By what it is proved that what is stored can be restored, and the report for whoever signs for it.
import { z } from "zod";
import { ProofListShape, ProofShape } from "../proof.ts";
import { instant, route } from "./route.ts";
import { hostName } from "./runs.ts";

const tags = ["proof"];

export const proofRoutes = {
  list: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/proof", tags },
      summary: "Of each host its last success, its last drill and what was read again",
    })
    .output(ProofListShape),
  get: route
    .meta({ access: "viewer" })
    .route({ method: "GET", path: "/hosts/{host}/proof", tags, summary: "The same of one host" })
    .input(z.object({ host: hostName }))
    .output(ProofShape),
  report: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/report", tags, outputStructure: "detailed" },
      summary: "A report to print and sign: hosts, failures, verification and drills",
      successDescription: "The report, as text/html or application/pdf",
    })
    .input(
      z.object({
        format: z.enum(["html", "pdf"]).optional().describe("Left out: html."),
        from: instant.optional().describe("Left out: 30 days before the end."),
        to: instant.optional().describe("Left out: now."),
      }),
    )
    .output(z.object({ headers: z.record(z.string(), z.string()), body: z.instanceof(ReadableStream) })),
};
