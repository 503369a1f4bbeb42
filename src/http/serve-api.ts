// The API: the router behind the contract, with access checked before anything else, and failures as problems.
import { OpenAPIHandler } from "@orpc/openapi/fetch";
import { StandardOpenAPIMatcher } from "@orpc/openapi/standard";
import type { AnyProcedure } from "@orpc/server";
import type { RouteMeta } from "../contract/api/route.ts";
import { Problem } from "../domain/problem.ts";
import { requireAccess } from "./access.ts";
import {
  PROBLEM_JSON,
  type ProblemAnswer,
  problemAnswer,
  problemHeaders,
  type TellFault,
} from "./problem-answer.ts";
import type { RequestContext } from "./request.ts";
import { router } from "./router.ts";

export type AnswerApi = (request: Request, context: RequestContext) => Promise<Response | null>;

const PREFIX = "/api";

function admit(procedure: AnyProcedure, { caller, csrfToken }: RequestContext): void {
  const { route, meta } = procedure["~orpc"];
  requireAccess(caller, (meta as RouteMeta).access, route.method !== "GET", csrfToken);
}

/** Answers requests below `/api`; null when there is no such route. Refuses with a `Problem` whoever may not call it. */
export function serveApi(log: TellFault): AnswerApi {
  const matcher = new StandardOpenAPIMatcher();
  matcher.init(router);
  const handler = new OpenAPIHandler(router, {
    clientInterceptors: [
      ({ next, ...options }) => {
        // Once more: this is the route that is really called, whatever the path looked like before.
        admit(options.procedure, options.context);
        return next(options);
      },
    ],
    interceptors: [
      async ({ next, ...options }) => {
        try {
          return await next(options);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          const body = problemAnswer(error, log);
          return { matched: true, response: { status: body.status, headers: problemHeaders(error), body } };
        }
      },
    ],
    // What is no problem is what oRPC refused by itself, or a fault of ours.
    customErrorResponseBodyEncoder: (error): ProblemAnswer => problemAnswer(error, log),
  });
  return async (request, context) => {
    const path = new URL(request.url).pathname.replace(PREFIX, "").replace(/^\/|\/$/g, "");
    const found = await matcher.match(request.method, `/${path}`);
    // Before the body is read: whoever may not come in is told nothing about what they sent.
    if (found !== undefined) admit(found.procedure, context);
    const { matched, response } = await handler.handle(request, { prefix: PREFIX, context });
    if (!matched) return null;
    if (response.status >= 400) response.headers.set("content-type", PROBLEM_JSON);
    response.headers.set("cache-control", "no-store");
    // A proxy that gathers what it passes on would hold events back until there are many.
    if (response.headers.get("content-type") === "text/event-stream")
      response.headers.set("x-accel-buffering", "no");
    return response;
  };
}
