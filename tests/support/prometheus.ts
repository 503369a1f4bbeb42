// Prometheus' own tools, as judges of what we say to it.
import { fileURLToPath } from "node:url";
import { runTool } from "./tool.ts";

export const RULES = fileURLToPath(
  new URL("../../packaging/prometheus/prometheus-rules.yml", import.meta.url),
);
export const DASHBOARD = fileURLToPath(
  new URL("../../packaging/prometheus/grafana-dashboard.json", import.meta.url),
);

/** Throws with what promtool has against it: what it cannot read, and names that are not as they should be. */
export async function checkMetrics(text: string): Promise<void> {
  await runTool("promtool", ["check", "metrics"], { input: Buffer.from(text) });
}

/** The names of the metrics that have a sample in such a text. */
export const sampledNames = (text: string): string[] => [
  ...new Set([...text.matchAll(/^(\w+)[{ ]/gm)].map((match) => match[1] ?? "")),
];

/** The lines of one metric, without those that say what it is. */
export const samplesOf = (text: string, name: string): string[] =>
  text.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
