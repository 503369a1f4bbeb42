// What Prometheus scrapes. Loaded with the first scrape.
import { metricsReader, type ReadMetrics } from "../actions/read-metrics.ts";
import { requireAccess } from "./access.ts";
import type { Caller, Console } from "./request.ts";

const TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

/** Answers whoever may read metrics. Refuses with `not_signed_in`. */
export function serveMetrics({ app, facts }: Console): (caller: Caller | null) => Promise<Response> {
  const read: ReadMetrics = metricsReader(app, facts);
  return async (caller) => {
    requireAccess(caller, "metrics", false, undefined);
    return new Response(await read(), {
      headers: { "content-type": TEXT_FORMAT, "cache-control": "no-store" },
    });
  };
}
