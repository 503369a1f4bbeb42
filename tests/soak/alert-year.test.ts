// Whole simulated years: SOAK_ROUNDS of them (default 2), from SOAK_SEED on, of SOAK_DAYS days, on SQLite or POBSYNC_TEST_DATABASE.
import { afterAll, beforeAll, expect, it } from "vitest";
import { simulateYear } from "../support/alert-year.ts";
import { DATABASES, inMemory, startDatabases, type TestDatabases } from "../support/databases.ts";

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 2);
const SEED = Number(process.env.SOAK_SEED ?? 1);
const DAYS = Number(process.env.SOAK_DAYS ?? 365);
const [database = "sqlite"] = DATABASES.filter((name) => name === process.env.POBSYNC_TEST_DATABASE);

let databases: TestDatabases;
beforeAll(async () => {
  databases = await startDatabases(database, inMemory());
});
afterAll(() => databases.stop());

it("over a year each condition is told once within its grace and cleared once, without a storm and without silence", async () => {
  const violations: string[] = [];
  for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
    const began = performance.now();
    const size = { seed, days: DAYS, hosts: 8, start: "2026-01-01T00:00:00Z" };
    const { violations: found, ...facts } = await simulateYear(await databases.fresh(), size);
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stderr.write(
      `seed ${seed}, ${seconds} s: ${JSON.stringify(facts)} ${found.slice(0, 20).join("; ")}\n`,
    );
    violations.push(...found.map((line) => `seed ${seed}: ${line}`));
  }
  expect(violations).toEqual([]);
});
