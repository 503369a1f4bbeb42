// How long runs took lately, as the console's server remembers it between two questions.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepDurations } from "../../src/actions/site-facts.ts";
import type { Database } from "../../src/store/database.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../support/databases.ts";
import { addHost } from "../support/queue-people.ts";

for (const database of DATABASES)
  describe(`durations that are kept, in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    beforeAll(async () => {
      databases = await startDatabases(database);
      db = (await databases.freshAt()).db;
    });
    afterAll(() => databases.stop());

    it("are looked up again after a minute, and at once for a host that nobody asked about before", async () => {
      const [first, second] = [await addHost(db, "first"), await addHost(db, "second")];
      const took = async (hostId: number, seconds: number): Promise<void> => {
        const startedAt = new Date("2026-11-30T02:00:00Z");
        const usual = { trigger: "manual", attempt: 1, queuedAt: startedAt, options: {}, warnings: [] };
        const finishedAt = new Date(startedAt.getTime() + seconds * 1000);
        await db.sql
          .insertInto("runs")
          .values({ ...usual, hostId, kind: "backup", status: "succeeded", startedAt, finishedAt })
          .execute();
      };
      const clock = { ms: 0 };
      const durations = keepDurations(db, () => clock.ms);
      const ask = async (...hostIds: number[]) => [
        ...(await durations(hostIds.map((hostId) => ({ hostId, kind: "backup" as const })))).values(),
      ];
      await took(first, 60);
      expect(await ask(first, second)).toEqual([[60], []]);
      await took(first, 30);
      await took(second, 10);
      clock.ms = 59_999;
      expect(await ask(first, second)).toEqual([[60], []]);
      clock.ms = 60_000;
      expect((await ask(second, first)).map((seconds) => seconds.toSorted())).toEqual([[10], [30, 60]]);
    });
  });
