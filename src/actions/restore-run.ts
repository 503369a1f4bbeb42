// What runs of kind `restore` do: look, write, and compare when that was asked for.
import { asProblem, factsOf, Problem } from "../domain/problem.ts";
import {
  differencesIn,
  isNothingToDo,
  missingConsent,
  placeText,
  type RestoreOrder,
  type RestorePreview,
  restoreDiffers,
} from "../domain/restore.ts";
import { beyondAgreed } from "../domain/restore-agreement.ts";
import type { Run, RunResult } from "../domain/run.ts";
import { holdAlso } from "../store/snapshot-claims.ts";
import { diskProblem } from "../system/disk-problem.ts";
import type { RunLog } from "../system/run-log.ts";
import type { App } from "./app.ts";
import type { HostContext } from "./host-context.ts";
import type { RunControl } from "./keep-lease.ts";
import { prepareRestore, type ReadyRestore } from "./prepare-restore.ts";
import {
  comparePasses,
  type Differences,
  makeReady,
  previewPasses,
  restorePasses,
} from "./restore-passes.ts";

export interface RestoreDone {
  /** What kept it from being done, or null. */
  readonly problem: Problem | null;
  readonly warnings: readonly Problem[];
  readonly result: RunResult;
}

/** Throws the Problem for which nothing was begun; from then on the problem is in what it returns. */
export async function restoreHost(
  app: App,
  context: HostContext,
  run: Run,
  control: RunControl,
  log: RunLog,
): Promise<RestoreDone> {
  const { task } = run.options;
  if (task?.do !== "restore")
    throw new Problem("internal_error", `Run ${run.id} does not say what is to be restored.`);
  if (task.target.to !== "folder") await control.onPhase("probing");
  const ready = await prepareRestore(app, context, task, control);
  try {
    await holdAlso(app.db, run.id, ready.snapshotId);
    const { stop, onProgress } = control;
    // What was seen before an earlier attempt says nothing about what is there now.
    const seen = run.retryOf === null ? task.preview : null;
    const preview = seen ?? (await look(ready, control));
    const refused = missingConsent(task, ready.place, preview);
    if (task.previewOnly === true) return lookedOnly(task, ready, preview, refused);
    const why = refused ?? (task.agreed ? beyondAgreed(task.agreed, ready.place, preview) : null);
    if (why !== null) return { problem: why, warnings: [], result: resultOf(task, ready, preview) };
    // Nobody has agreed to what may have come there since it was looked at.
    if (isNothingToDo(preview)) return nothingDone(task, ready, preview);
    await control.requireLease();
    return await write(task, ready, preview, control, { onProgress, stop, log });
  } finally {
    await ready.reached.close();
  }
}

async function look(ready: ReadyRestore, { onPhase, onProgress, stop }: RunControl): Promise<RestorePreview> {
  await onPhase("previewing");
  return previewPasses(ready, { onProgress, stop, log: null });
}

async function write(
  task: RestoreOrder,
  ready: ReadyRestore,
  preview: RestorePreview,
  control: RunControl,
  hooks: Parameters<typeof restorePasses>[1],
): Promise<RestoreDone> {
  const { warnings } = ready;
  let checked: Differences | null = null;
  try {
    await control.onPhase("restoring");
    const made = await makeReady(ready);
    await control.onSandbox(made.box?.sandbox.kind ?? "none");
    await restorePasses(made, hooks);
    if (task.check) {
      await control.onPhase("checking");
      checked = await comparePasses(made, { ...hooks, log: null });
    }
  } catch (error) {
    const problem = control.stop.aborted ? asProblem(control.stop.reason) : asProblem(diskProblem(error));
    return { problem: staying(problem, ready), warnings, result: resultOf(task, ready, preview) };
  }
  const problem =
    checked === null || checked.differences === 0
      ? null
      : restoreDiffers(ready.place, checked.differences, checked.items);
  return { problem, warnings, result: resultOf(task, ready, preview, checked) };
}

/** Somebody who cancels, or whose disk is full, wants to know what lies there now. */
function staying(problem: Problem, { place }: ReadyRestore): Problem {
  const { code, message, hint, detail } = problem;
  const said = `${message} What was restored so far stays in ${placeText(place)}.`;
  return new Problem(code, said, {
    detail,
    hint: code === "interrupted" ? "Start it again: it goes on from what is there." : hint,
    cause: problem,
  });
}

/** What somebody would have to agree to is not what went wrong with looking. */
const lookedOnly = (
  task: RestoreOrder,
  ready: ReadyRestore,
  preview: RestorePreview,
  refused: Problem | null,
): RestoreDone => ({
  ...{ problem: null, warnings: ready.warnings },
  result: {
    ...resultOf(task, ready, preview, task.check ? differencesIn(preview) : null),
    ...{ previewOnly: true, consent: refused === null ? null : factsOf(refused) },
  },
});

/** The look has compared contents already when that was asked for. */
const nothingDone = (task: RestoreOrder, ready: ReadyRestore, preview: RestorePreview): RestoreDone => ({
  ...{ problem: null, warnings: ready.warnings },
  result: resultOf(task, ready, preview, task.check ? { differences: 0, items: [] } : null),
});

const resultOf = (
  { snapshot }: RestoreOrder,
  { place }: ReadyRestore,
  preview: RestorePreview,
  checked: Differences | null = null,
): RunResult => ({ preview: { ...preview }, target: { ...place }, snapshot, checked });
