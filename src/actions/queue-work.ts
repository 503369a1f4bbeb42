// A person's wish for work on what a host has: queued for a worker. Backups, prunes and verifications have their own stories.
import { Problem } from "../domain/problem.ts";
import { PLAIN_RUN, type Run, type RunKind } from "../domain/run.ts";
import type { RunTask } from "../domain/run-task.ts";
import { listHosts } from "../store/hosts.ts";
import { enqueue } from "../store/run-queue.ts";
import { hostsWithTrash } from "../store/snapshot-removal.ts";
import type { App } from "./app.ts";
import { runAudit } from "./audit-run.ts";
import { requireRun } from "./execute-run.ts";
import { type HostContext, hostContext } from "./host-context.ts";
import { requireSnapshot } from "./require-snapshot.ts";

/** Queues a look at a host's disk: what lies there is recorded, what does not any more is noted. Nothing is deleted. */
export const queueDiscover = async (app: App, hostName: string): Promise<Run> =>
  queueTask(app, await hostContext(app, hostName), "discover", null);

/**
 * Queues that a snapshot comes back from the trash, pinned for a week.
 *
 * Refuses with `not_found`, and with `not_in_trash` what is not on its way out. Whether it is still whole is seen by the run.
 */
export async function queueBringBack(app: App, hostName: string, snapshotName: string): Promise<Run> {
  const { context, snapshot } = await requireSnapshot(app, hostName, snapshotName);
  if (snapshot.state !== "removing")
    throw new Problem("not_in_trash", `${snapshot.name} of ${context.host.name} is not in the trash.`);
  return queueTask(app, context, "prune", { do: "restore-from-trash", snapshot: snapshot.name });
}

/** Queues that the trash is emptied, of one host or of all that have something there. */
export async function queueEmptyTrash(app: App, hostName: string | null): Promise<Run[]> {
  const filled = new Set(await hostsWithTrash(app.db, app.clock(), true));
  const hosts = hostName === null ? await listHosts(app.db) : [(await hostContext(app, hostName)).host];
  const runs: Run[] = [];
  for (const { id, name } of hosts)
    if (filled.has(id))
      runs.push(
        await queueTask(app, await hostContext(app, name), "prune", { do: "empty-trash", all: true }),
      );
  return runs;
}

async function queueTask(app: App, { host }: HostContext, kind: RunKind, task: RunTask | null): Promise<Run> {
  const options = { ...PLAIN_RUN, task };
  const asked = { hostId: host.id, kind, trigger: "manual", requestedBy: app.requestedBy, options } as const;
  const request = { ...asked, audit: runAudit(app, host.name, asked) };
  return requireRun(app, await enqueue(app.db, request, app.clock()));
}
