// Many workers and schedulers on one database; the full size is in tests/soak/.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { loadQueue } from "../../support/queue-load.ts";

const load = { runs: 400, hosts: 20, workers: 8, schedulers: 3, virtualMinutes: 30 };

for (const database of DATABASES)
  describe(`eight workers and three schedulers on ${database}`, () => {
    let databases: TestDatabases;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());

    it("execute each run once, never two of a host, and queue each due time once", async () => {
      const { url, db } = await databases.freshAt();
      const { violations, atOnce, due } = await loadQueue(url, db, load);
      expect(violations).toEqual([]);
      expect(atOnce).toBeGreaterThan(1);
      expect(due).toBeGreaterThan(30);
    });
  });
