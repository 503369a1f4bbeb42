// What only anomalies say. Part of the catalogue.
import { hostFailed, type ProblemKind, refused } from "./problem-kind.ts";

export const ANOMALY_PROBLEMS = {
  suspicious_change: hostFailed(
    "Look at the host, and at what changed (pobsync show-run ID). Nothing is pruned before that, and the last good snapshot is pinned. If it is right: pobsync dismiss-anomaly HOST --reason WHY. If it is damage: pobsync acknowledge-anomaly HOST --reason WHY",
  ),
  snapshot_shrunk: hostFailed(
    "Much less arrived than last time. Look at the snapshot before old ones are pruned; --max-shrink sets the limit. If it is right: pobsync dismiss-anomaly HOST --reason WHY",
  ),
  unusually_slow: hostFailed(
    "See what was slow: the host, the line, or this server's disk. Pruning goes on all the same. If that is how it is now: pobsync dismiss-anomaly HOST --reason WHY",
  ),
  no_anomaly: refused("Nothing was changed. What holds pruning, if anything does: pobsync retention HOST"),
} as const satisfies Record<string, ProblemKind>;
