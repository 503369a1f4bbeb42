// Whole simulated years: SOAK_ROUNDS of them (default 2), from SOAK_SEED on.
import { afterAll, beforeAll, expect, it } from "vitest";
import { simulateYear } from "../support/alert-year.ts";
import { startDatabases, type TestDatabases } from "../support/databases.ts";

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 2);
const SEED = Number(process.env.SOAK_SEED ?? 1);

let databases: TestDatabases;
beforeAll(async () => {
  databases = await startDatabases("sqlite");
});
afterAll(() => databases.stop());

it("over a year each condition is told once within its grace and cleared once, without a storm and without silence", async () => {
  const violations: string[] = [];
  for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
    const { violations: found, ...facts } = await simulateYear(await databases.fresh(), {
      seed,
      days: 365,
      hosts: 8,
    });
    process.stderr.write(`seed ${seed}: ${JSON.stringify(facts)} ${found.slice(0, 5).join("; ")}\n`);
    violations.push(...found.map((line) => `seed ${seed}: ${line}`));
  }
  expect(violations).toEqual([]);
});
