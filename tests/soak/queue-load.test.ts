// The load test at full size: SOAK_ROUNDS runs (default 10,000) over 50 hosts. Prints the claims per second.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DATABASES, startDatabases, type TestDatabases } from "../support/databases.ts";
import { loadQueue } from "../support/queue-load.ts";

const RUNS = Number(process.env.SOAK_ROUNDS ?? 10_000);
const load = { runs: RUNS, hosts: 50, workers: 8, schedulers: 3, virtualMinutes: 240 };

for (const database of DATABASES)
  describe(`eight workers and three schedulers on ${database}`, () => {
    let databases: TestDatabases;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());

    it("execute thousands of runs once each, never two of a host, and queue each due time once", async () => {
      const { url, db } = await databases.freshAt();
      const { violations, ...facts } = await loadQueue(url, db, load);
      process.stderr.write(`${database}: ${JSON.stringify(facts)}\n`);
      expect(violations).toEqual([]);
    });
  });
