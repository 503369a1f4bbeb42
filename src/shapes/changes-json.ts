// What a snapshot changed against the one before it.
import type { RunDetailJson } from "../contract/types.ts";
import type { SnapshotChanges } from "../domain/history.ts";

export const changesJson = (changes: SnapshotChanges | null): RunDetailJson["changes"] =>
  changes === null ? null : { ...changes, largest: changes.largest.map((one) => ({ ...one })) };
