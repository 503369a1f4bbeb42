// Alert rules and dashboard: Prometheus' own tool reads and tries the rules, and both name only metrics that there are.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { METRICS } from "../../src/domain/metric-catalogue.ts";
import { DASHBOARD, RULES } from "../support/prometheus.ts";
import { runTool } from "../support/tool.ts";

const TRIED = fileURLToPath(new URL("./prometheus-rules.yml", import.meta.url));

it("the rules are ones, and do in time what they should", async () => {
  await runTool("promtool", ["check", "rules", RULES]);
  await runTool("promtool", ["test", "rules", TRIED]);
});

it.each([RULES, DASHBOARD])("%s names only metrics that there are", (file) => {
  const named = [...readFileSync(file, "utf8").matchAll(/\bpobsync_\w+/g)].map(([name]) => name);
  expect(named.length).toBeGreaterThan(10);
  expect(Object.keys(METRICS)).toEqual(expect.arrayContaining(named));
});

it("what the dashboard asks is understood by Prometheus", async () => {
  const { panels } = JSON.parse(readFileSync(DASHBOARD, "utf8")) as {
    panels: { id: number; targets: { expr: string }[] }[];
  };
  const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const rules = asked.map((expr, at) => ({ record: `panel_${at}`, expr: expr.replaceAll("$host", ".*") }));
  const folder = mkdtempSync(join(tmpdir(), "pobsync-dashboard-"));
  try {
    // JSON is YAML.
    writeFileSync(join(folder, "rules.yml"), JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    await runTool("promtool", ["check", "rules", join(folder, "rules.yml")]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});
