// Asking for runs and for their end: queueing a backup, cancelling, trying again.
import { factsOf, Problem } from "../domain/problem.ts";
import { isFinished, type Run, type RunOptions } from "../domain/run.ts";
import { enqueue, requestCancel } from "../store/run-queue.ts";
import type { App } from "./app.ts";
import { asOne, auditEntry, recordAudit } from "./audit.ts";
import { runAudit } from "./audit-run.ts";
import { requireRun } from "./execute-run.ts";
import { hostContext } from "./host-context.ts";

/** Queues a person's backup for a worker and returns the run. Refuses with `not_found` or `host_disabled`. */
export async function queueBackup(app: App, hostName: string, options: RunOptions): Promise<Run> {
  const { host } = await hostContext(app, hostName);
  if (!host.enabled) throw disabled(hostName);
  const asked = {
    ...({ hostId: host.id, kind: "backup", trigger: "manual" } as const),
    ...{ requestedBy: app.requestedBy, options },
  };
  const request = { ...asked, audit: runAudit(app, hostName, asked) };
  return requireRun(app, await enqueue(app.db, request, app.clock()));
}

export const disabled = (hostName: string): Problem =>
  new Problem("host_disabled", `${hostName} is disabled.`, {
    hint: `Enable it first: pobsync configure-host ${hostName} --enable`,
  });

/** Ends a queued run at once; asks the owner of a running one. Refuses with `run_not_open` when it has ended. */
export async function cancelRun(app: App, id: number): Promise<Run> {
  const by = app.requestedBy === null ? "" : ` by ${app.requestedBy}`;
  const problem = factsOf(new Problem("cancelled", `It was cancelled${by} before it began.`));
  const { host, kind } = await requireRun(app, id);
  const answer = await asOne(app, async (tx) => {
    const given = await requestCancel(tx.db, id, problem, tx.clock());
    if (given !== "not-open")
      await recordAudit(tx, {
        ...{ action: "run.cancelled", subjectKind: "run", subject: String(id) },
        detail: { host, kind, wasRunning: given === "requested" },
      });
    return given;
  });
  const run = await requireRun(app, id);
  if (answer === "not-open")
    throw new Problem("run_not_open", `Run ${id} has ended already (${run.status}).`, {
      hint: `Look at it: pobsync show-run ${id}`,
    });
  return run;
}

/** Queues another attempt of a run that ended, linked to the first one. Refuses with `run_not_over` while it is open. */
export async function retryRun(app: App, id: number): Promise<Run> {
  const run = await requireRun(app, id);
  if (!isFinished(run.status))
    throw new Problem("run_not_over", `Run ${id} is still ${run.status}.`, {
      hint: `Wait for it, or cancel it first: pobsync cancel ${id}`,
    });
  const { host } = await hostContext(app, run.host);
  if (!host.enabled) throw disabled(run.host);
  const { hostId, kind, options, byHand } = run;
  const request = {
    ...{ hostId, kind, byHand },
    trigger: "retry",
    requestedBy: app.requestedBy,
    options: { ...options, retry: true },
    attempt: run.attempt + 1,
    retryOf: run.retryOf ?? run.id,
    audit: (retry: number) =>
      auditEntry(app, {
        ...{ action: "run.retried", subjectKind: "run", subject: String(retry) },
        detail: { host: run.host, kind, retryOf: id },
      }),
  } as const;
  return requireRun(app, await enqueue(app.db, request, app.clock()));
}
