// What can be asked for without saying of what, found in the contract itself, so that nothing is forgotten.
import { isContractProcedure } from "@orpc/contract";
import { api } from "../contract/api/api.ts";

/** Names of routes, such as `site.status`, with their paths. */
export const apiLinks = (): Record<string, string> => Object.fromEntries(linksBelow(api, []));

function linksBelow(router: object, names: readonly string[]): [string, string][] {
  return Object.entries(router).flatMap(([name, inside]): [string, string][] => {
    const path = [...names, name];
    if (!isContractProcedure(inside)) return linksBelow(inside as object, path);
    const { method, path: url = "" } = inside["~orpc"].route;
    return method === "GET" && !url.includes("{") ? [[path.join("."), `/api${url}`]] : [];
  });
}
