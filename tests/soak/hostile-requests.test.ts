// Hostile requests on every route, SOAK_ROUNDS of them on each database (default 10,000), random from SOAK_SEED on.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DATABASES, startDatabases, type TestDatabases } from "../support/databases.ts";
import { startFurnished } from "../support/furnished-console.ts";
import { sendHostile } from "../support/hostile-requests.ts";

const REQUESTS = Number(process.env.SOAK_ROUNDS ?? 10_000);
const SEED = Number(process.env.SOAK_SEED ?? 1);

describe.each(DATABASES)("thousands of hostile requests on %s", (database) => {
  let databases: TestDatabases;
  beforeAll(async () => {
    databases = await startDatabases(database);
  });
  afterAll(() => databases.stop());

  it("give no 5xx and tell nothing of the inside", async () => {
    const { site, known } = await startFurnished(await databases.emptyUrl());
    try {
      const { violations, statuses } = await sendHostile(site, known, { requests: REQUESTS, seed: SEED });
      process.stderr.write(`${database}: ${JSON.stringify(statuses)}\n`);
      expect(violations).toEqual([]);
    } finally {
      await site.close();
    }
  });
});
