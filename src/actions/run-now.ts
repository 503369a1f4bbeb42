// A person's work on a host, executed here: the run is made and claimed in one step, and whoever asked waits for its end.
import { Problem } from "../domain/problem.ts";
import { ownsHost, type Run, type RunKind, type RunOptions } from "../domain/run.ts";
import { snapshotName } from "../domain/snapshot.ts";
import { enqueueClaimed } from "../store/run-queue.ts";
import type { App } from "./app.ts";
import { runAudit } from "./audit-run.ts";
import { executeRun } from "./execute-run.ts";
import { elsewhere, type HostContext } from "./host-context.ts";
import type { RunObserver } from "./keep-lease.ts";
import { ownProcess } from "./own-process.ts";
import { busyProblem, settleHost } from "./settle-lost-run.ts";

/**
 * Executes a run. One of a kind that owns the host waits for nobody; what a dead process left of the host is settled first.
 *
 * @param reads ids of snapshots that it reads: no prune takes them before it has ended
 *
 * A run that fails is a result, with its problem in it. Thrown is the reason why none was begun: `host_busy`, or `host_elsewhere`.
 */
export async function runNow(
  app: App,
  context: HostContext,
  kind: RunKind,
  options: RunOptions,
  observer: RunObserver,
  reads: readonly number[] = [],
): Promise<Run> {
  const { id: hostId, name } = context.host;
  if (!context.site.isHere) throw elsewhere(context.site.node);
  const held = ownsHost(kind) ? await settleHost(app, context) : null;
  if (held !== null) throw busyProblem(name, held);
  const owner = ownProcess(app);
  const startedAt = app.clock();
  const suffix = app.randomHex(3);
  const claim = {
    startedAt,
    snapshotName: kind === "backup" ? snapshotName({ startedAt, kind: "manual", suffix }) : null,
  };
  const request = {
    ...({ hostId, kind, trigger: "manual", requestedBy: app.requestedBy, options, reads } as const),
    audit: runAudit(app, name, { kind, options }),
  };
  const runId = await enqueueClaimed(app.db, request, owner, claim);
  if (runId !== null) return executeRun(app, owner, runId, observer);
  const winner = await settleHost(app, context);
  throw winner === null
    ? new Problem("host_busy", `${name} was busy a moment ago; try again.`)
    : busyProblem(name, winner);
}
