// Is anything moving? A frozen host is not noticed by rsync's own time-outs, so the bytes of its processes are watched.
import { readFileSync } from "node:fs";

/** How often the counters are read: often enough for short time-outs, seldom enough to cost nothing. */
const LOOK_EVERY_MS_MAX = 5000;

/**
 * Calls `onStall` once when no process of the tree read or wrote a byte for the whole time. Returns a way to stop.
 *
 * It counts what the processes read and write (`/proc/PID/io`), because rsync prints nothing while it compares a
 * million unchanged files, and its `--timeout` does not fire in a pull over ssh whose host is frozen.
 */
export function watchForStall(pid: number, stallTimeoutMs: number, onStall: () => void): () => void {
  let last = -1;
  let movedAt = performance.now();
  const timer = setInterval(
    () => {
      const moved = bytesMovedBy(pid);
      if (moved !== last) {
        last = moved;
        movedAt = performance.now();
      } else if (performance.now() - movedAt >= stallTimeoutMs) {
        clearInterval(timer);
        onStall();
      }
    },
    Math.min(LOOK_EVERY_MS_MAX, Math.max(50, stallTimeoutMs / 4)),
  );
  timer.unref();
  return () => clearInterval(timer);
}

/** Bytes read and written so far by a process and everything it started, as far as that may be seen. */
function bytesMovedBy(pid: number): number {
  let sum = 0;
  try {
    for (const match of readFileSync(`/proc/${pid}/io`, "latin1").matchAll(/^[rw]char: (\d+)/gm))
      sum += Number(match[1]);
    for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ")) {
      if (child !== "") sum += bytesMovedBy(Number(child));
    }
  } catch {
    // Processes come and go while we look; what is gone does not move.
  }
  return sum;
}
