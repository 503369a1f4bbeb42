// A person's restore: looked at first, then done here or queued for a worker.
import { type HostPath, parseHostPath } from "../domain/host-path.ts";
import type { Problem } from "../domain/problem.ts";
import {
  missingConsent,
  placeOf,
  type RestoreOrder,
  type RestorePlace,
  type RestorePreview,
  type RestoreTarget,
} from "../domain/restore.ts";
import { PLAIN_RUN, type Run } from "../domain/run.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { chooseSnapshot } from "../domain/snapshot-choice.ts";
import { enqueue } from "../store/run-queue.ts";
import { listSnapshots } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { runAudit } from "./audit-run.ts";
import { requireRun } from "./execute-run.ts";
import { type HostContext, hostContext } from "./host-context.ts";
import type { RunObserver } from "./keep-lease.ts";
import { prepareRestore } from "./prepare-restore.ts";
import { previewPasses } from "./restore-passes.ts";
import { runNow } from "./run-now.ts";
import { snapshotPath } from "./snapshot-path.ts";

/** What a person asks for. */
export interface RestoreWish {
  /** HOST[:PATH] */
  readonly place: string;
  /** A name, `latest` or a date. */
  readonly snapshot: string;
  readonly target: RestoreTarget;
  readonly delete: boolean;
  readonly yes: boolean;
  readonly check: boolean;
}

/** A wish that was looked at. */
export interface LookedAt {
  readonly context: HostContext;
  readonly snapshot: Snapshot;
  readonly snapshotPath: string;
  readonly order: RestoreOrder & { readonly preview: RestorePreview };
  readonly place: RestorePlace;
  readonly warnings: readonly Problem[];
  /** Why it must not be done without a person's word, or null. */
  readonly refused: Problem | null;
}

/** Looks what a restore would do. Refuses with `not_found`, `bad_input`, and with all for which it could not be done. */
export async function lookAtRestore(app: App, wish: RestoreWish, observer: RunObserver): Promise<LookedAt> {
  const { host, path }: HostPath = parseHostPath(wish.place);
  const context = await hostContext(app, host);
  const complete = await listSnapshots(app.db, { hostId: context.host.id, states: ["complete"] });
  const snapshot = chooseSnapshot(host, complete, wish.snapshot, context.effective.values.timeZone);
  const { target, yes, check } = wish;
  const asked = { snapshot: snapshot.name, path, target, delete: wish.delete, yes, check, preview: null };
  const stop = observer.stop ?? new AbortController().signal;
  if (target.to !== "folder") observer.onPhase?.("probing");
  const ready = await prepareRestore(app, context, asked, {
    note: (text) => observer.onNote?.(text),
    stop,
  });
  try {
    observer.onPhase?.("previewing");
    const preview = await previewPasses(ready, {
      onProgress: (progress) => observer.onProgress?.(progress),
      ...{ stop, log: null },
    });
    const order = { ...asked, preview };
    const place = placeOf(host, order);
    const refused = missingConsent(order, place, preview);
    const path = snapshotPath(context.site, snapshot);
    return { context, snapshot, snapshotPath: path, order, place, warnings: ready.warnings, refused };
  } finally {
    await ready.reached.close();
  }
}

/** Does what was looked at, and waits for the end. A restore that fails is a result, with the problem in its run. */
export async function restoreNow(
  app: App,
  { context, order, snapshot }: LookedAt,
  observer: RunObserver,
): Promise<Run> {
  const options = { ...PLAIN_RUN, retry: false, task: { do: "restore", ...order } } as const;
  return runNow(app, context, "restore", options, observer, [snapshot.id]);
}

/** Queues it for a worker, who looks once more: what is there by then may be something else. */
export async function queueRestore(app: App, { context, order, snapshot }: LookedAt): Promise<Run> {
  const { id: hostId, name } = context.host;
  const asked = {
    ...({ hostId, kind: "restore", trigger: "manual" } as const),
    ...{ requestedBy: app.requestedBy, reads: [snapshot.id] },
    options: { ...PLAIN_RUN, task: { do: "restore", ...order, preview: null } },
  } as const;
  const request = { ...asked, audit: runAudit(app, name, asked) };
  return requireRun(app, await enqueue(app.db, request, app.clock()));
}
