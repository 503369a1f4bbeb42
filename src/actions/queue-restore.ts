// A restore that is asked for from afar: a run that only looks, and one that does what somebody has seen.
import { isDeepStrictEqual } from "node:util";
import { badInput, Problem } from "../domain/problem.ts";
import {
  missingConsent,
  parsePreview,
  placeOf,
  type RestoreOrder,
  type RestorePreview,
  type RestoreTarget,
} from "../domain/restore.ts";
import { isFinished, PLAIN_RUN, type Run } from "../domain/run.ts";
import type { RestoreTerms } from "../domain/run-task.ts";
import type { Snapshot } from "../domain/snapshot.ts";
import { chooseSnapshot, LATEST } from "../domain/snapshot-choice.ts";
import { enqueue } from "../store/run-queue.ts";
import { listSnapshots } from "../store/snapshots.ts";
import type { App } from "./app.ts";
import { runAudit } from "./audit-run.ts";
import { requireRun } from "./execute-run.ts";
import { type HostContext, hostContext } from "./host-context.ts";

/** What somebody wants. `snapshot` null: the newest, or the one that was looked at. */
export interface AskedRestore {
  readonly host: string;
  /** Absolute, as text. */
  readonly path: string;
  readonly snapshot: string | null;
  readonly target: RestoreTarget;
  readonly delete: boolean;
  readonly check: boolean;
}

/** Queues a look at what it would do. Refuses with `not_found` or `bad_input`. */
export async function queuePreview(app: App, asked: AskedRestore): Promise<Run> {
  const wanted = await orderOf(app, asked, false);
  // Whoever waits for it looks again by hand.
  return queue(app, wanted, { previewOnly: true }, false, {});
}

/**
 * Queues the restore itself. `seen` is the run that somebody has looked at, or null.
 *
 * Refuses as `queuePreview` does, with `bad_input` when that run has looked at something else or has not shown anything, and
 * with `confirmation_needed` when `yes` is missing and something would be lost. What nobody has seen the worker looks at, and
 * refuses it then.
 */
export async function queueRestoreOf(
  app: App,
  asked: AskedRestore,
  { yes, seen }: { readonly yes: boolean; readonly seen: number | null },
): Promise<Run> {
  const look = seen === null ? null : await lookOf(app, seen);
  const snapshot = asked.snapshot ?? look?.order.snapshot ?? null;
  const wanted = await orderOf(app, { ...asked, snapshot }, yes);
  if (look !== null && !isSame(look.order, wanted.order, look.run.host === asked.host))
    throw badInput("The run", look.run.id, "has looked at another restore than this one.");
  const place = placeOf(asked.host, wanted.order);
  const refused = missingConsent(wanted.order, place, look?.preview ?? UNSEEN);
  if (refused !== null) {
    const { code, message } = refused;
    throw new Problem(code, message, { hint: 'Nothing was changed. Send "yes": true when you mean it.' });
  }
  return queue(app, wanted, look === null ? {} : { agreed: look.preview }, true, { seen });
}

/** Of what nobody has looked at only this much is certain. */
const UNSEEN: RestorePreview = {
  ...{ created: 1, overwritten: 0, attributesOnly: 0, deleted: 0, unchanged: 0, bytes: 0 },
  items: { created: [], overwritten: [], attributesOnly: [], deleted: [] },
};

interface Wanted {
  readonly context: HostContext;
  readonly snapshot: Snapshot;
  readonly order: RestoreOrder;
}

async function orderOf(app: App, asked: AskedRestore, yes: boolean): Promise<Wanted> {
  const { host, path, target, check } = asked;
  const context = await hostContext(app, host);
  if (target.to === "host") await hostContext(app, target.host);
  const complete = await listSnapshots(app.db, { hostId: context.host.id, states: ["complete"] });
  const { timeZone } = context.effective.values;
  const snapshot = chooseSnapshot(host, complete, asked.snapshot ?? LATEST, timeZone);
  const order = { snapshot: snapshot.name, path, target, delete: asked.delete, yes, check, preview: null };
  return { context, snapshot, order };
}

interface Look {
  readonly run: Run;
  readonly order: RestoreOrder;
  readonly preview: RestorePreview;
}

async function lookOf(app: App, id: number): Promise<Look> {
  const run = await requireRun(app, id);
  const { task } = run.options;
  if (task?.do !== "restore" || task.previewOnly !== true)
    throw badInput("The run", id, "is no look at a restore.");
  if (!isFinished(run.status))
    throw new Problem("run_not_over", `Run ${id} is still ${run.status}.`, { hint: "Wait for its end." });
  const preview = parsePreview(run.result?.preview);
  if (preview === null || run.problem !== null)
    throw badInput("The run", id, "has shown nothing: look again.");
  return { run, order: task, preview };
}

/** Whether contents are compared is no other restore: what that takes beyond what was shown is refused by then. */
const isSame = (one: RestoreOrder, other: RestoreOrder, isSameHost: boolean): boolean =>
  isSameHost &&
  one.snapshot === other.snapshot &&
  one.path === other.path &&
  one.delete === other.delete &&
  isDeepStrictEqual(one.target, other.target);

async function queue(
  app: App,
  { context, snapshot, order }: Wanted,
  terms: RestoreTerms,
  retry: boolean,
  more: Readonly<Record<string, unknown>>,
): Promise<Run> {
  const asked = {
    ...({ hostId: context.host.id, kind: "restore", trigger: "manual" } as const),
    ...{ requestedBy: app.requestedBy, reads: [snapshot.id] },
    options: { ...PLAIN_RUN, retry, task: { do: "restore", ...order, ...terms } },
  } as const;
  const audit = runAudit(app, context.host.name, asked, more);
  return requireRun(app, await enqueue(app.db, { ...asked, audit }, app.clock()));
}
