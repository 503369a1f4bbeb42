// A person's wish to have what is stored read again: here and now, or by a worker.
import { PLAIN_RUN, type Run } from "../domain/run.ts";
import type { VerifyOrder } from "../domain/run-task.ts";
import { requireSnapshotName } from "../domain/snapshot.ts";
import { enqueue } from "../store/run-queue.ts";
import { findSnapshot } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { runAudit } from "./audit-run.ts";
import { requireRun } from "./execute-run.ts";
import { type HostContext, hostContext } from "./host-context.ts";
import type { RunObserver } from "./keep-lease.ts";
import { runNow } from "./run-now.ts";

export type VerifyWish = Omit<VerifyOrder, "since">;

/** Reads now and waits for the end. A run that finds damage is a result, with the problem in it. */
export async function verifyNow(
  app: App,
  hostName: string,
  wish: VerifyWish,
  observer: RunObserver,
): Promise<Run> {
  const context = await hostContext(app, hostName);
  const { options, reads } = await verifyRun(app, context, wish);
  return runNow(app, context, "verify", { ...options, retry: false }, observer, reads);
}

/** Queues it for a worker. */
export async function queueVerify(app: App, hostName: string, wish: VerifyWish): Promise<Run> {
  const context = await hostContext(app, hostName);
  const { options, reads } = await verifyRun(app, context, wish);
  const asked = {
    ...({ hostId: context.host.id, kind: "verify", trigger: "manual" } as const),
    ...{ requestedBy: app.requestedBy, options, reads },
  };
  const request = { ...asked, audit: runAudit(app, hostName, asked) };
  return requireRun(app, await enqueue(app.db, request, app.clock()));
}

/**
 * A snapshot that is named is held from now on, so that no prune takes it away meanwhile. All of them would keep every prune
 * of the host waiting for as long as this waits: those are held when it begins.
 */
async function verifyRun(app: App, { host }: HostContext, wish: VerifyWish) {
  const only = wish.snapshot === null ? null : requireSnapshotName(wish.snapshot);
  const named = only === null ? null : await findSnapshot(app.db, host.id, only);
  const reads = named?.state === "complete" ? [named.id] : [];
  const task = { do: "verify", ...wish, since: app.clock().getTime() } as const;
  return { options: { ...PLAIN_RUN, task }, reads };
}
