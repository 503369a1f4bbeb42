// A part of a simulated year; whole years with more seeds in tests/soak/.
import { afterAll, beforeAll, expect, it } from "vitest";
import { simulateYear } from "../../support/alert-year.ts";
import { startDatabases, type TestDatabases } from "../../support/databases.ts";

let databases: TestDatabases;
beforeAll(async () => {
  databases = await startDatabases("sqlite");
});
afterAll(() => databases.stop());

it("in weeks full of troubles each condition is told once within its grace, and once when it is over", async () => {
  const year = await simulateYear(await databases.fresh(), { seed: 3, days: 12, hosts: 4 });
  expect(year.violations).toEqual([]);
  expect(year.alerts).toBeGreaterThan(5);
  expect(year.messages).toBeGreaterThan(15);
  expect(year.busiestDay).toBeLessThan(30);
});
