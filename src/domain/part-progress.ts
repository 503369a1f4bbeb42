// The progress of a transfer that takes several steps.
import type { Progress } from "./run.ts";

/** One of several steps: which share of all names it asks for, and what came before. */
export interface Part {
  readonly names: number;
  readonly namesBefore: number;
  readonly namesOfAll: number;
  readonly bytesBefore: number;
}

/** What a step says of itself, as progress of the whole. How long it will take is known of the last step alone. */
export function progressOfPart(
  seen: Progress,
  { names, namesBefore, namesOfAll, bytesBefore }: Part,
): Progress {
  const done = seen.percent === null ? null : namesBefore * 100 + names * seen.percent;
  return {
    ...seen,
    bytes: bytesBefore + seen.bytes,
    percent: done === null ? null : Math.floor(done / Math.max(1, namesOfAll)),
    secondsLeft: namesBefore + names >= namesOfAll ? seen.secondsLeft : null,
  };
}
