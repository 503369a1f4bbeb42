// The simulation of schedulers with many seeds: SOAK_ROUNDS of them (default 20), from SOAK_SEED on.
import { afterAll, beforeAll, expect, it } from "vitest";
import { startDatabases, type TestDatabases } from "../support/databases.ts";
import { simulateSchedulers } from "../support/scheduler-simulation.ts";

const ROUNDS = Number(process.env.SOAK_ROUNDS ?? 20);
const SEED = Number(process.env.SOAK_SEED ?? 1);

let databases: TestDatabases;
beforeAll(async () => {
  databases = await startDatabases("sqlite");
});
afterAll(() => databases.stop());

it("over years, each due time is queued once, or there is a reason why not", async () => {
  const violations: string[] = [];
  for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
    const size = { seed, steps: 1000, hosts: 8, schedulers: 3 };
    const { violations: found, ...facts } = await simulateSchedulers(await databases.fresh(), size);
    process.stderr.write(`seed ${seed}: ${JSON.stringify(facts)} ${found.slice(0, 5).join("; ")}\n`);
    violations.push(...found.map((line) => `seed ${seed}: ${line}`));
  }
  expect(violations).toEqual([]);
});
