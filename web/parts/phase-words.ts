// What a run is doing, in words; and the stations that runs of each kind pass.
import type { RunJson } from "../../src/contract/types.ts";

const WORDS: Readonly<Record<string, string>> = {
  probing: "Looking at the host",
  "pre-hook": "Running the hook before",
  transferring: "Transferring",
  "post-hook": "Running the hook after",
  flushing: "Flushing to disk",
  publishing: "Publishing the snapshot",
  pruning: "Removing old snapshots",
  planning: "Planning",
  removing: "Removing",
  verifying: "Reading again",
  repairing: "Repairing",
  previewing: "Looking at what would be done",
  restoring: "Restoring",
  checking: "Comparing",
  testing: "Running the command that checks it",
  discovering: "Looking at the disk",
  indexing: "Indexing",
};

export const phaseWords = (phase: string): string =>
  WORDS[phase] ?? phase.charAt(0).toUpperCase() + phase.slice(1);

export const KIND_WORDS: Readonly<Record<RunJson["kind"], string>> = {
  backup: "Backup",
  restore: "Restore",
  prune: "Prune",
  verify: "Verification",
  discover: "Discovery",
  drill: "Restore drill",
};
