// A backup that must not go on when its window closes.
import { Problem } from "../domain/problem.ts";
import { type Run, waitsForWindow } from "../domain/run.ts";
import { windowAt } from "../domain/timetable.ts";
import type { App } from "./app.ts";
import type { HostContext } from "./host-context.ts";

const LOOK_EVERY_MS = 1000;

/** `over` is aborted when the window closes, if the settings say so; `release` ends the looking. */
export interface WindowEnd {
  readonly over: AbortSignal;
  readonly release: () => void;
}

/** Goes by the window in which the run began. What a person asked for, whatever the hour, goes on. */
export function windowEnd(app: App, { host, effective }: HostContext, run: Run): WindowEnd {
  const over = new AbortController();
  const { windowStop, ...windows } = effective.values;
  const window =
    windowStop && run.startedAt !== null && waitsForWindow(run.kind, run.byHand, run.options)
      ? windowAt(windows, run.startedAt)
      : null;
  if (window === null) return { over: over.signal, release: () => {} };
  const timer = setInterval(() => {
    if (app.clock() < window.until) return;
    clearInterval(timer);
    over.abort(
      new Problem(
        "interrupted",
        `The window of ${host.name} closed; the next attempt waits until it opens.`,
        {
          hint: "What was received is kept for it. To let backups end: pobsync configure-host HOST --no-window-stop",
        },
      ),
    );
  }, LOOK_EVERY_MS);
  return { over: over.signal, release: () => clearInterval(timer) };
}
