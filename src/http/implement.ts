// The contract with the context that our routes get.
import { implement } from "@orpc/server";
import { api } from "../contract/api/api.ts";
import type { RequestContext } from "./request.ts";

export const routes = implement(api).$context<RequestContext>();
