// Puts the list of all metrics into docs/metrics.md, between the words that people wrote there.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { MetricKind } from "../src/domain/metric.ts";
import { METRICS } from "../src/domain/metric-catalogue.ts";

export const METRIC_DOCS = fileURLToPath(new URL("../docs/metrics.md", import.meta.url));

const TABLE = /^\| metric \|.*(?:\n\|.*)*/m;

/** The page with its table brought up to date; its words stay. */
export function withMetrics(page: string): string {
  const rows = Object.entries<MetricKind>(METRICS).map(
    ([name, { help, labels }]) =>
      `| \`${name}\` | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`,
  );
  return page.replace(TABLE, ["| metric | labels | what it is |", "|---|---|---|", ...rows].join("\n"));
}

if (import.meta.main) writeFileSync(METRIC_DOCS, withMetrics(readFileSync(METRIC_DOCS, "utf8")));
