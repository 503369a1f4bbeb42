// How far a reading is.
import type { Progress } from "../domain/run.ts";

export interface ReadingProgress {
  readonly add: (bytes: number) => void;
  readonly sum: () => { readonly checked: number; readonly bytes: number };
}

/** Progress of a reading of so many bytes, counted file by file. */
export function readingProgress(totalBytes: number, report: (progress: Progress) => void): ReadingProgress {
  const beganAt = performance.now();
  let files = 0;
  let bytes = 0;
  return {
    add: (more) => {
      files += 1;
      bytes += more;
      const seconds = Math.max(0.001, (performance.now() - beganAt) / 1000);
      const share = totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes);
      report({
        ...{ percent: Math.floor(100 * share), bytes, files, bytesPerSecond: Math.round(bytes / seconds) },
        secondsLeft: share < 0.01 ? null : Math.round((seconds / share) * (1 - share)),
      });
    },
    sum: () => ({ checked: files, bytes }),
  };
}
