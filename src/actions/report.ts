// The report for whoever has to sign for the backups: gathered from SQL alone.
import { effectiveSettings } from "../domain/effective-settings.ts";
import { badInput } from "../domain/problem.ts";
import { type ReportDocument, reportDocument, spellsOf } from "../domain/report.ts";
import type { RunKind } from "../domain/run.ts";
import { endedDrills, failedAndWell } from "../store/ended-runs.ts";
import { listHosts } from "../store/hosts.ts";
import type { App } from "./app.ts";
import { hostContext, requireSite } from "./host-context.ts";
import { hostProofs } from "./host-proof.ts";
import { hostHold } from "./plan-retention.ts";

const USUAL_DAYS = 30;
const DAY_MS = 86_400_000;
/** A restore that failed was a person's own, who has seen it. */
const KINDS: readonly RunKind[] = ["backup", "verify", "drill", "prune", "discover"];

/** Null: until now, and from thirty days before. */
export interface ReportPeriod {
  readonly from: Date | null;
  readonly to: Date | null;
}

/** Refuses with `bad_input` a period that ends before it begins, and with `not_configured`. */
export async function makeReport(app: App, period: ReportPeriod): Promise<ReportDocument> {
  const site = await requireSite(app);
  const madeAt = app.clock();
  const to = period.to ?? madeAt;
  const from = period.from ?? new Date(to.getTime() - USUAL_DAYS * DAY_MS);
  if (from >= to)
    throw badInput("The period", from.toISOString(), `does not begin before ${to.toISOString()}.`);
  const held: { host: string; message: string }[] = [];
  for (const { name } of await listHosts(app.db)) {
    const why = await hostHold(app, await hostContext(app, name));
    if (why !== null) held.push({ host: name, message: why.message });
  }
  const drills = await endedDrills(app.db, from, to);
  return reportDocument({
    ...{ node: site.node, backupRoot: site.backupRoot, version: app.version, madeAt, from, to, held },
    timeZone: effectiveSettings(site.settings, {}).values.timeZone,
    proofs: await hostProofs(app),
    failures: spellsOf(await failedAndWell(app.db, from, to, KINDS), to),
    drills: drills.map(({ id: runId, host, at, status, message }) => ({ runId, host, at, status, message })),
  });
}
