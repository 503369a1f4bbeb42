// Schedulers over years of time that passes fast; with more seeds in tests/soak/.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { simulateSchedulers } from "../../support/scheduler-simulation.ts";

const STEPS = { sqlite: 300, mariadb: 80 };

for (const database of DATABASES)
  describe(`three schedulers on ${database}, whose clocks are off and jump, and who are sometimes all gone`, () => {
    let databases: TestDatabases;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());

    it("queue each due time once, or there is a reason why not", async () => {
      const size = { seed: 1, steps: STEPS[database], hosts: 6, schedulers: 3 };
      const { violations, queued } = await simulateSchedulers(await databases.fresh(), size);
      expect(violations).toEqual([]);
      expect(queued).toBeGreaterThan(STEPS[database] / 2);
    });
  });
