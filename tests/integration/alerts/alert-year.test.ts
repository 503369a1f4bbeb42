// Days of a simulated year with one of each trouble, and the night in which summer time begins; whole years in tests/soak/.
import { afterAll, beforeAll, expect, it } from "vitest";
import { simulateYear } from "../../support/alert-year.ts";
import { DATABASES, inMemory, startDatabases, type TestDatabases } from "../../support/databases.ts";

const [database = "sqlite"] = DATABASES.filter((name) => name === process.env.POBSYNC_TEST_DATABASE);

let databases: TestDatabases;
beforeAll(async () => {
  databases = await startDatabases(database, inMemory());
});
afterAll(() => databases.stop());

it("in days full of troubles each condition is told once within its grace, and once when it is over", async () => {
  const size = { seed: 3, days: 10, hosts: 4, start: "2026-03-23T00:00:00Z" };
  const year = await simulateYear(await databases.fresh(), size);
  expect(year.violations).toEqual([]);
  expect(year.demanded.opened).toBeGreaterThan(20);
  expect(year.demanded.cleared).toBeGreaterThan(20);
  expect(year.demanded.reminded).toBeGreaterThan(5);
  expect(year.refused).toBeGreaterThan(2);
  expect(year.busiestDay).toBeLessThan(40);
});
