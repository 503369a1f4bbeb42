// What keeps a snapshot apart from the rules, in SQL: a pin, and a run that reads it. Against a removal at the same moment
// exactly one of them wins.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PLAIN_RUN } from "../../../src/domain/run.ts";
import type { Database } from "../../../src/store/database.ts";
import { enqueue, requestCancel } from "../../../src/store/run-queue.ts";
import { listRuns } from "../../../src/store/runs.ts";
import { heldSnapshots, savePin } from "../../../src/store/snapshot-claims.ts";
import { markRemoved, markRemoving, type RunHolder } from "../../../src/store/snapshot-removal.ts";
import { insertSnapshot } from "../../../src/store/snapshots.ts";
import { inTransaction } from "../../../src/store/transaction.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import {
  beginPrune,
  finishedAt,
  nameOf,
  snapshotOf,
  startedAt,
  storedSnapshot,
  worker,
} from "../../support/queue-people.ts";

const removedAt = new Date("2026-11-24T02:15:00.500Z");
const pin = { reason: "before the migration 🦀", until: null, by: "ada" };

for (const database of DATABASES)
  describe(`claims on snapshots in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    let laptop: number;
    /** Bob's, who prunes the laptop. */
    let holder: RunHolder;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
      ({ hostId: laptop, holder } = await beginPrune(db, worker("bob")));
    });

    const snapshot = (suffix = 1) => storedSnapshot(db, laptop, suffix);
    const restore = (reads: readonly number[]) => ({
      ...({ kind: "restore", trigger: "manual", requestedBy: "ada", options: PLAIN_RUN } as const),
      ...{ hostId: laptop, reads },
    });

    it("does not mark what was pinned, unpinned or asked for since it was seen", async () => {
      const [one, two, three] = [await snapshot(1), await snapshot(2), await snapshot(3)];
      expect(await savePin(db, one.id, pin)).toBe(true);
      await savePin(db, two.id, pin);
      await savePin(db, two.id, null);
      const runId = await enqueue(db, restore([three.id]), startedAt);
      for (const seen of [one, two, three]) expect(await markRemoving(db, seen, holder, null)).toBe(false);
      expect(await heldSnapshots(db, laptop)).toEqual(
        new Map([[nameOf(3), `read by run ${runId} (restore)`]]),
      );
      expect(await snapshot(1)).toMatchObject({ state: "complete", pin });
      // Whoever looks again decides on what holds now.
      expect(await markRemoving(db, await snapshot(2), holder, null)).toBe(true);
    });

    it("of a mark and a pin, and of a mark and a reader, exactly one wins", async () => {
      for (let n = 10; n < 30; n += 1) {
        await inTransaction(db, (tx) => insertSnapshot(tx, snapshotOf(laptop, null, n)));
        const seen = await snapshot(n);
        const claimed =
          n % 2 === 0
            ? savePin(db, seen.id, pin)
            : enqueue(db, restore([seen.id]), startedAt).then(
                () => true,
                () => false,
              );
        const [isMarked, isClaimed] = await Promise.all([markRemoving(db, seen, holder, null), claimed]);
        expect([isMarked, isClaimed].sort()).toEqual([false, true]);
        expect((await snapshot(n)).state).toBe(isMarked ? "removing" : "complete");
      }
    });

    it("lets nobody read what is on its way out: no run is queued, and none of its snapshots is held", async () => {
      const [one, two] = [await snapshot(1), await snapshot(2)];
      await markRemoving(db, two, holder, null);
      const runs = (await listRuns(db)).length;
      await expect(enqueue(db, restore([one.id, two.id]), startedAt)).rejects.toMatchObject({
        code: "not_found",
      });
      expect([(await listRuns(db)).length, await heldSnapshots(db, laptop)]).toEqual([runs, new Map()]);
      expect(await markRemoving(db, one, holder, null)).toBe(true);
      expect(await savePin(db, two.id, pin)).toBe(false);
      await markRemoved(db, two.id, holder, null, removedAt);
      expect(await savePin(db, two.id, pin)).toBe(false);
      expect(await snapshot(2)).toMatchObject({ state: "removed", pin: null, freedBytes: null });
    });

    it("holds a snapshot for as long as the run that reads it is open", async () => {
      const { id } = await snapshot();
      const [first, second] = [
        await enqueue(db, restore([id]), startedAt),
        await enqueue(db, restore([id]), startedAt),
      ];
      const problem = { code: "cancelled", message: "", hint: "", detail: null } as const;
      for (const runId of [first, second]) {
        expect([...(await heldSnapshots(db, laptop)).keys()]).toEqual([nameOf(1)]);
        await requestCancel(db, runId, problem, finishedAt);
      }
      expect(await heldSnapshots(db, laptop)).toEqual(new Map());
      expect(await markRemoving(db, await snapshot(), holder, null)).toBe(true);
    });
  });
