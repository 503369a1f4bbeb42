// Snapshots in words.
import type { SnapshotJson } from "../../src/contract/types.ts";

export const STATE_WORDS: Readonly<Record<SnapshotJson["state"], string>> = {
  complete: "complete",
  removing: "in the trash",
  removed: "removed",
  missing: "missing on disk",
};

export const verifyWords = ({ verifyResult }: SnapshotJson): string =>
  verifyResult === null ? "not read again yet" : verifyResult === "ok" ? "all as it was" : verifyResult;

export const verdictWords = ({ verdict, by, reason }: NonNullable<SnapshotJson["anomalyVerdict"]>): string =>
  `${verdict} by ${by ?? "somebody"}: ${reason}`;
