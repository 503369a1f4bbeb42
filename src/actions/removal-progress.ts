// How far a removal is, told by what SQL knows of the snapshots that go.
import type { Progress } from "../domain/run.ts";
import type { Snapshot } from "../domain/snapshot.ts";

export interface RemovalProgress {
  /** Takes the share, from 0 to 1, of the snapshot that is being deleted. */
  readonly within: (snapshot: Snapshot) => (share: number) => void;
  readonly done: (snapshot: Snapshot, freedBytes: number) => void;
}

/** `files` counts entries that went, `bytes` what that gave back. One whose entries are unknown counts as a single one. */
export function removalProgress(
  snapshots: readonly Snapshot[],
  report: (progress: Progress) => void,
): RemovalProgress {
  const entriesOf = ({ files }: Snapshot): number => Math.max(1, files ?? 1);
  const total = snapshots.reduce((sum, snapshot) => sum + entriesOf(snapshot), 0);
  const beganAt = performance.now();
  let gone = 0;
  let bytes = 0;
  const say = (files: number): void => {
    const seconds = Math.max(0.001, (performance.now() - beganAt) / 1000);
    const share = total === 0 ? 1 : files / total;
    report({
      percent: Math.floor(100 * share),
      bytes,
      files: Math.floor(files),
      bytesPerSecond: Math.round(bytes / seconds),
      secondsLeft: share < 0.01 ? null : Math.round((seconds / share) * (1 - share)),
    });
  };
  return {
    within: (snapshot) => (share) => say(gone + share * entriesOf(snapshot)),
    done: (snapshot, freedBytes) => {
      gone += entriesOf(snapshot);
      bytes += freedBytes;
      say(gone);
    },
  };
}
