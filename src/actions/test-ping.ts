// The site's ping, sent because a person wants to see it arrive.
import { badOfSite } from "../domain/alert.ts";
import { sitePing } from "../domain/ping.ts";
import { factsOf, type ProblemFacts } from "../domain/problem.ts";
import { liveAlerts } from "../store/alerts.ts";
import { findPing } from "../store/pings.ts";
import type { App } from "./app.ts";
import { recordAudit } from "./audit.ts";
import { ping } from "./pings.ts";

export interface PingTested {
  /** Null: it has arrived. */
  readonly problem: ProblemFacts | null;
}

/** Tells how the site is now: a test of its own would tell the service something that is not so. Null: the site has no pings. */
export async function testSitePing(app: App, stop: AbortSignal): Promise<PingTested | null> {
  if ((await findPing(app.db, null)) === null) return null;
  const problem = await ping(app, null, sitePing(badOfSite(await liveAlerts(app.db))), stop);
  await recordAudit(app, {
    ...{ action: "site.pinged", subjectKind: "site", subject: "ping" },
    detail: { problem: problem?.code ?? null },
  });
  return { problem: problem === null ? null : factsOf(problem) };
}
