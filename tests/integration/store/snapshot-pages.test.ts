// Pages of snapshots: whatever is asked for, each page is what a plain filter of all of them says.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SNAPSHOT_STATES } from "../../../src/domain/snapshot.ts";
import type { Database } from "../../../src/store/database.ts";
import { type SnapshotPageFilter, snapshotPage } from "../../../src/store/snapshot-pages.ts";
import { insertSnapshot, listSnapshots } from "../../../src/store/snapshots.ts";
import { inTransaction } from "../../../src/store/transaction.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addHost, snapshotOf, startedAt } from "../../support/queue-people.ts";
import { seededRandom } from "../../support/random.ts";

const COUNT = 120;

for (const database of DATABASES)
  describe(`a page of snapshots in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    let hosts: number[];
    beforeAll(async () => {
      databases = await startDatabases(database);
      db = await databases.fresh();
      hosts = [await addHost(db, "laptop"), await addHost(db, "nas")];
      const random = seededRandom(7);
      const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
      for (let n = 1; n <= COUNT; n += 1) {
        const facts = {
          ...snapshotOf(pick(hosts), null, n),
          ...{
            kind: pick(["scheduled", "manual"] as const),
            status: pick(["succeeded", "warning"] as const),
          },
          // Many begin at the same moment, and later ones are not always recorded later.
          startedAt: new Date(startedAt.getTime() + Math.floor(random() * 30)),
        };
        await inTransaction(db, (tx) => insertSnapshot(tx, facts));
        await db.sql
          .updateTable("snapshots")
          .set({ state: pick(SNAPSHOT_STATES) })
          .where("name", "=", facts.name)
          .execute();
      }
    });
    afterAll(() => databases.stop());

    const some = <T>(...items: T[]) => fc.option(fc.subarray(items), { nil: undefined });

    it("follows the one before without a gap, in the same order, and shows what is like that and nothing else", async () => {
      const all = await listSnapshots(db);
      const wishes = fc.record({
        host: fc.option(fc.nat(1), { nil: undefined }),
        states: some(...SNAPSHOT_STATES),
        kinds: some("scheduled" as const, "manual" as const),
        statuses: some("succeeded" as const, "warning" as const),
        limit: fc.integer({ min: 1, max: 50 }),
      });
      await fc.assert(
        fc.asyncProperty(wishes, async ({ host, limit, ...lists }) => {
          const filter: SnapshotPageFilter = {
            ...lists,
            hostId: host === undefined ? undefined : hosts[host],
          };
          const expected = all.filter(
            (one) =>
              (filter.hostId === undefined || one.hostId === filter.hostId) &&
              (lists.states?.includes(one.state) ?? true) &&
              (lists.kinds?.includes(one.kind) ?? true) &&
              (lists.statuses?.includes(one.status) ?? true),
          );
          const gathered: number[] = [];
          for (let after: (typeof all)[number] | null = null; ; ) {
            const page: typeof all = await snapshotPage(db, filter, limit, after);
            gathered.push(...page.map(({ id }) => id));
            expect(page.length).toBeLessThanOrEqual(limit);
            after = page.at(-1) ?? null;
            if (page.length < limit) break;
          }
          expect(gathered).toEqual(expected.map(({ id }) => id));
        }),
        { numRuns: 60 },
      );
    });
  });
