import { expect, it } from "vitest";
import { metricText } from "../../../src/domain/metric.ts";
import { METRICS } from "../../../src/domain/metric-catalogue.ts";

it("says name, help, type, labels and value of a metric", () => {
  expect(
    metricText("hosts", { help: "Hosts.", labels: ["a", "b"] }, [{ labels: ["x", "y"], value: 1.5 }]),
  ).toBe('# HELP hosts Hosts.\n# TYPE hosts gauge\nhosts{a="x",b="y"} 1.5\n');
});

it("lets no value of a label end it, or begin another line", () => {
  const text = metricText("m", { help: "a\\b\nc", labels: ["host"] }, [
    { labels: ['w"} 1\nfake{host="\\'], value: Number.POSITIVE_INFINITY },
  ]);
  expect(text.split("\n").slice(0, 1)).toEqual(["# HELP m a\\\\b\\nc"]);
  expect(text.split("\n")[2]).toBe('m{host="w\\"} 1\\nfake{host=\\"\\\\"} +Inf');
});

it("has labels that take few values, and names with units, in every metric", () => {
  for (const [name, { labels, help }] of Object.entries(METRICS)) {
    expect(name).toMatch(/^pobsync_[a-z_]+$/);
    expect(["version", "host", "node", "health", "kind", "status"]).toEqual(
      expect.arrayContaining([...labels]),
    );
    expect(help).toMatch(/\.$/);
  }
});
