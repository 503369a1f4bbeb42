// Medians, spreads and paired ratios of repeated measurements.

/** What one run of a command cost. CPU is user and system time of the command and all it started. */
export type Cost = { readonly wallSeconds: number; readonly cpuSeconds: number };

export const sum = (a: Cost, b: Cost): Cost => ({
  wallSeconds: a.wallSeconds + b.wallSeconds,
  cpuSeconds: a.cpuSeconds + b.cpuSeconds,
});

/** @throws Error for an empty list */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error("no values, so no median");
  return (lower + upper) / 2;
}

/** The least value that so many percent of all are not above. @throws Error for an empty list */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (found === undefined) throw new Error("no values, so no percentile");
  return found;
}

/**
 * The ratio of each round. What disturbs a machine for a minute disturbs both runs of a round, so these vary
 * less than the ratio of two medians would.
 */
export const pairedRatios = (ours: readonly number[], theirs: readonly number[]): number[] =>
  ours.map((value, round) => value / (theirs[round] ?? Number.NaN));

/** `12.81 (12.50–13.12)`: the median, and the least and the most. */
export function spread(values: readonly number[], digits = 2): string {
  const text = (value: number) => value.toFixed(digits);
  return `${text(median(values))} (${text(Math.min(...values))}–${text(Math.max(...values))})`;
}

/** Whether the median keeps the limit, in the words of the tables. */
export const verdict = (ratios: readonly number[], limit: number): string =>
  `≤ ${limit} ${median(ratios) <= limit ? "met" : "missed"}`;
