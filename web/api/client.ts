// The typed client of the API: calls by the names of the contract, failures as problems.

import contract from "virtual:contract";
import { createORPCClient, ORPCError } from "@orpc/client";
import type { ContractRouterClient } from "@orpc/contract";
import type { JsonifiedClient } from "@orpc/openapi-client";
import { OpenAPILink } from "@orpc/openapi-client/fetch";
import { createTanstackQueryUtils } from "@orpc/tanstack-query";
import type { api as Api } from "../../src/contract/api/api.ts";

/** A failure as the API tells it (RFC 9457 with our codes). */
export interface ApiProblem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly detail: string | null;
  readonly status: number;
}

let csrfToken = "";
/** Told at login and whenever the session is asked for: every change must carry it. */
export const setCsrfToken = (token: string): void => {
  csrfToken = token;
};

/** Says "JSON" of what is a kind of it: the library leaves a body of any other name unread, and with it why something failed. */
async function fetchReadable(request: Request, init: RequestInit): Promise<Response> {
  const answer = await fetch(request, init);
  if (answer.headers.get("content-type")?.startsWith("application/problem+json") !== true) return answer;
  const headers = new Headers(answer.headers);
  headers.set("content-type", "application/json");
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

const link = new OpenAPILink(contract, {
  url: `${location.origin}/api`,
  fetch: fetchReadable,
  headers: () => ({ "x-csrf-token": csrfToken }),
  customErrorResponseBodyDecoder: (body, { status }) => {
    const problem = (body ?? {}) as Partial<ApiProblem>;
    return new ORPCError(problem.code ?? "UNKNOWN", { status, message: problem.message ?? "", data: body });
  },
});

export type Client = JsonifiedClient<ContractRouterClient<typeof Api>>;

export const client: Client = createORPCClient(link);

/** The same for TanStack Query: `query.hosts.list.queryOptions({ input })`. */
export const query = createTanstackQueryUtils(client);

/** Any failure of a call as something to show: the server's own words, or that it could not be reached. */
export function problemOf(error: unknown): ApiProblem {
  if (
    error instanceof ORPCError &&
    typeof error.data === "object" &&
    error.data !== null &&
    "code" in error.data
  )
    return error.data as ApiProblem;
  const isOffline = error instanceof TypeError;
  return {
    code: isOffline ? "offline" : "unexpected_answer",
    message: isOffline
      ? "The server cannot be reached."
      : "The server gave an answer that makes no sense here.",
    hint: isOffline
      ? "Check the network, and that pobsync runs. The page goes on by itself when it is back."
      : "Reload the page: it may be older than the server.",
    detail: error instanceof Error ? error.message : null,
    status: error instanceof ORPCError ? error.status : 0,
  };
}
