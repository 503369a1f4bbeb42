// What the API says about itself, and how it says that something went wrong.
import { z } from "zod";
import { ProblemShape } from "../runs.ts";
import { route } from "./route.ts";

/** Every answer from 400 on, as `application/problem+json` (RFC 9457). */
export const ProblemAnswerShape = ProblemShape.extend({
  title: z.string(),
  status: z.int().min(400).max(599),
});

export const documentRoutes = {
  openapi: route
    .meta({ access: "viewer" })
    .route({
      ...{ method: "GET", path: "/openapi.json", tags: ["documents"] },
      summary: "This document: OpenAPI 3.1",
    })
    .output(z.record(z.string(), z.unknown())),
};
