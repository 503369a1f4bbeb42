// Hostile input on every route: refused in our words, never a fault of ours. With thousands of requests: tests/soak/.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { startFurnished } from "../../support/furnished-console.ts";
import { sendHostile } from "../../support/hostile-requests.ts";

const SEED = Number(process.env.SOAK_SEED ?? 1);

describe.each(DATABASES)("hundreds of hostile requests on %s", (database) => {
  let databases: TestDatabases;
  beforeAll(async () => {
    databases = await startDatabases(database);
  });
  afterAll(() => databases.stop());

  it("give no 5xx, tell nothing of the inside, and leave a server that works", async () => {
    const { site, known } = await startFurnished(await databases.emptyUrl());
    try {
      const { violations, statuses } = await sendHostile(site, known, { requests: 200, seed: SEED });
      expect(violations).toEqual([]);
      // Refusing all of them at the door would be no test of what lies behind it.
      expect(statuses[200]).toBeGreaterThan(20);
      expect((await site.request("nobody", "GET", "/healthz")).status).toBe(200);
    } finally {
      await site.close();
    }
  });
});
