// Writing down when each host may be backed up, for claims to look at: after each change, and when a window is over.
import { windowAt } from "../domain/timetable.ts";
import { hasPastWindow, listWindows, placeWindow } from "../store/host-windows.ts";
import type { App } from "./app.ts";

/** By the settings that hold now, of all hosts or one, in the caller's transaction where the app is of one. */
export async function placeWindows(app: App, host?: string): Promise<void> {
  const now = app.clock();
  for (const { hostId, placed, ...windows } of await listWindows(app.db, { host })) {
    const window = windowAt(windows, now);
    if (
      window?.from.getTime() === placed?.from.getTime() &&
      window?.until.getTime() === placed?.until.getTime()
    )
      continue;
    await placeWindow(app.db, hostId, window);
  }
}

/** Also without a reason: what was loaded from a dump, and a clock that was set back, are put right within that time. */
const AGAIN_MS = 300_000;

/** For a worker: moves windows on that are over. Called every round; mostly it only looks. */
export function windowKeeper(app: App): () => Promise<void> {
  let placedAt = Number.NEGATIVE_INFINITY;
  let hasFailed = false;
  return async () => {
    const isFresh = performance.now() - placedAt < AGAIN_MS;
    if (isFresh && (hasFailed || !(await hasPastWindow(app.db, app.clock())))) return;
    placedAt = performance.now();
    hasFailed = true;
    await placeWindows(app);
    hasFailed = false;
  };
}
