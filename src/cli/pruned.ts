// What a prune came to, as its run tells it.
import { countText } from "../domain/count-text.ts";
import type { Run } from "../domain/run.ts";
import { sizeText } from "./words.ts";

export interface PrunedNames {
  readonly removed: readonly string[];
  readonly trashed: readonly string[];
  readonly freedBytes: number | null;
}

/** Reads the result that the runner wrote; empty when there is none. */
export function prunedOf({ result }: Run): PrunedNames {
  const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
  const freed = result?.freedBytes;
  return {
    removed: names(result?.removed),
    trashed: names(result?.trashed),
    freedBytes: typeof freed === "number" ? freed : null,
  };
}

/** "3 snapshots deleted, 1.2 GiB given back; 1 snapshot in the trash", or "nothing had to go". */
export function prunedWords(run: Run): string {
  const { removed, trashed, freedBytes } = prunedOf(run);
  const freed = freedBytes === null ? "" : `, ${sizeText(freedBytes)} given back`;
  const parts = [
    ...(removed.length > 0 ? [`${countText(removed.length, "snapshot")} deleted${freed}`] : []),
    ...(trashed.length > 0 ? [`${countText(trashed.length, "snapshot")} in the trash`] : []),
  ];
  return parts.length === 0 ? "nothing had to go" : parts.join("; ");
}
