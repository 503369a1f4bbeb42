// Executes here what is queued, until nothing is due.
import type { App } from "../../src/actions/app.ts";
import { work } from "../../src/actions/work.ts";

export async function workOff(app: App): Promise<void> {
  const quiet = { onStart() {}, onEnd() {}, onSettled() {}, onRecovery() {}, onStopping() {} };
  const onTrouble = (problem: unknown): never => {
    throw problem;
  };
  await work(app, {
    ...{ parallel: null, loop: false, intervalMs: 20, graceMs: 30_000 },
    ...{ stop: new AbortController().signal, observer: { ...quiet, onTrouble } },
  });
}
