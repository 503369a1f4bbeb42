// Rows of tables in which one side's costs are held against another's, round by round.
import { type Cost, pairedRatios, spread, verdict } from "./statistics.ts";

/** The first columns of such a table; those with the goals come after them. */
export const COST_COLUMNS = ["", "wall s", "CPU s", "wall ratio", "CPU ratio"] as const;

/** What the ratios may be at most; null: there is no goal, and no column for it. */
export type Limits = { readonly wall: number | null; readonly cpu: number | null };

const column = (costs: readonly Cost[], of: keyof Cost): number[] => costs.map((cost) => cost[of]);

/** The side that the others are compared with. */
export const baselineRow = (label: string, costs: readonly Cost[]): string[] => [
  ...[label, spread(column(costs, "wallSeconds")), spread(column(costs, "cpuSeconds"))],
  ...["1", "1"],
];

/** Another side. Without limits it is for information. */
export function comparedRow(
  label: string,
  costs: readonly Cost[],
  baseline: readonly Cost[],
  limits: Limits = { wall: null, cpu: null },
): string[] {
  const wall = pairedRatios(column(costs, "wallSeconds"), column(baseline, "wallSeconds"));
  const cpu = pairedRatios(column(costs, "cpuSeconds"), column(baseline, "cpuSeconds"));
  return [
    ...[label, spread(column(costs, "wallSeconds")), spread(column(costs, "cpuSeconds"))],
    ...[spread(wall), spread(cpu)],
    ...(limits.wall === null ? [] : [verdict(wall, limits.wall)]),
    ...(limits.cpu === null ? [] : [verdict(cpu, limits.cpu)]),
  ];
}

/** For progress: `12.3 s (CPU 4.56)`. */
export const costText = (cost: Cost | undefined): string =>
  `${cost?.wallSeconds.toFixed(2)} s (CPU ${cost?.cpuSeconds.toFixed(2)})`;
