// The way of a snapshot out of SQL, and back: each step only from the state before it, only for the run's owner, and only
// while nobody has said anything about the snapshot since it was looked at.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SNAPSHOT_STATES, type Snapshot, type SnapshotState } from "../../../src/domain/snapshot.ts";
import type { Database } from "../../../src/store/database.ts";
import { takeOverRun } from "../../../src/store/held-runs.ts";
import { finishRun, recordSnapshot } from "../../../src/store/run-lease.ts";
import {
  hostsWithTrash,
  markBroughtBack,
  markFound,
  markRemoved,
  markRemoving,
  type RunHolder,
} from "../../../src/store/snapshot-removal.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import {
  addHost,
  beginPrune,
  claim,
  endOf,
  expireLeases,
  failed,
  nameOf,
  snapshotOf,
  startedAt,
  storedSnapshot,
  succeeded,
  worker,
} from "../../support/queue-people.ts";

const bob = worker("bob");
const charlie = worker("charlie");
const trashUntil = new Date("2026-11-30T02:15:00.750Z");
const removedAt = new Date("2026-11-24T02:15:00.500Z");

for (const database of DATABASES)
  describe(`the removal of snapshots in ${database}`, () => {
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
      ({ hostId: laptop, holder } = await beginPrune(db, bob));
    });

    const snapshot = (suffix = 1) => storedSnapshot(db, laptop, suffix);
    const setState = async (state: SnapshotState): Promise<void> => {
      await db.sql.updateTable("snapshots").set({ state }).where("name", "=", nameOf(1)).execute();
    };

    /** Each step, with the only states it leads from. */
    const steps: [
      name: string,
      from: SnapshotState[],
      take: (one: Snapshot, by: RunHolder) => Promise<boolean>,
    ][] = [
      ["is marked", ["complete"], (one, by) => markRemoving(db, one, by, trashUntil)],
      ["is noted as removed", ["removing"], (one, by) => markRemoved(db, one.id, by, 4096, removedAt)],
      ["is brought back", ["removing"], (one, by) => markBroughtBack(db, one.id, by)],
    ];

    describe.each(steps)("a snapshot %s", (_, from, take) => {
      it(`only when it is ${from}`, async () => {
        for (const state of SNAPSHOT_STATES) {
          await setState(state);
          const before = await snapshot();
          expect([state, await take(before, holder)]).toEqual([state, from.includes(state)]);
          if (from.includes(state)) expect((await snapshot()).state).not.toBe(state);
          else expect(await snapshot()).toEqual(before);
        }
      });

      it("only by the owner of a run that is still held", async () => {
        await setState(from[0] ?? "complete");
        const before = await snapshot();
        const ended = await claim(db, await addHost(db, "nas"), charlie, 7);
        await finishRun(db, ended, charlie, endOf(failed));
        for (const wrong of [
          { ...holder, owner: charlie },
          { ...holder, runId: 999_999 },
          { runId: ended, owner: charlie },
        ])
          expect(await take(before, wrong)).toBe(false);
        await expireLeases(db);
        expect(await take(before, holder)).toBe(false);
        expect(await snapshot()).toEqual(before);
      });

      it("not any more once another process has taken the run over, who may", async () => {
        await setState(from[0] ?? "complete");
        const before = await snapshot();
        const held = { ...holder, hostId: laptop, host: "laptop", node: "main", kind: "prune" } as const;
        const seen = {
          workerId: "bob",
          processIdentity: "process of bob",
          acquiredAt: startedAt,
          expired: true,
        };
        await expireLeases(db);
        expect(await takeOverRun(db, { ...held, ...seen }, charlie, false, startedAt)).toBe(true);
        expect(await take(before, holder)).toBe(false);
        expect(await snapshot()).toEqual(before);
        expect(await take(before, { ...holder, owner: charlie })).toBe(true);
      });

      it("alone, and not twice", async () => {
        await setState(from[0] ?? "complete");
        const [before, others] = [await snapshot(), [await snapshot(2), await snapshot(3)]];
        const answers = await Promise.all([1, 2, 3].map(() => take(before, holder)));
        expect(answers.filter((answer) => answer)).toHaveLength(1);
        expect([await snapshot(2), await snapshot(3)]).toEqual(others);
      });
    });

    it("writes with each step what there is to know, and counts them", async () => {
      const before = await snapshot();
      expect(await markRemoving(db, before, holder, trashUntil)).toBe(true);
      expect(await snapshot()).toEqual({
        ...before,
        ...{ state: "removing", removalRunId: holder.runId, trashUntil, revision: before.revision + 1 },
      });
      expect(await markRemoved(db, before.id, holder, 5_000_000_000_000, removedAt)).toBe(true);
      expect(await snapshot()).toEqual({
        ...before,
        ...{ state: "removed", removalRunId: holder.runId, removedAt, freedBytes: 5_000_000_000_000 },
        ...{ trashUntil: null, revision: before.revision + 2 },
      });
    });

    it("forgets everything of it when it is brought back", async () => {
      const before = await snapshot();
      await markRemoving(db, before, holder, trashUntil);
      expect(await markBroughtBack(db, before.id, holder)).toBe(true);
      expect(await snapshot()).toEqual({ ...before, revision: before.revision + 2 });
    });

    it("finds whose trash is due", async () => {
      const now = new Date("2026-11-25T00:00:00.000Z");
      expect(await hostsWithTrash(db, now, true)).toEqual([]);
      await markRemoving(db, await snapshot(1), holder, trashUntil);
      expect(await hostsWithTrash(db, now, false)).toEqual([]);
      expect(await hostsWithTrash(db, now, true)).toEqual([laptop]);
      expect(await hostsWithTrash(db, trashUntil, false)).toEqual([laptop]);
      await markRemoving(db, await snapshot(2), holder, null);
      expect(await hostsWithTrash(db, now, false)).toEqual([laptop]);
    });

    it("notes what is missing on disk, and that it is there again", async () => {
      const seen = await snapshot();
      expect(await markFound(db, seen, holder, "missing")).toBe(true);
      expect(await markFound(db, seen, holder, "missing")).toBe(false);
      expect(await markRemoving(db, await snapshot(), holder, null)).toBe(false);
      expect(await markFound(db, await snapshot(), { ...holder, owner: charlie }, "complete")).toBe(false);
      expect(await markFound(db, await snapshot(), holder, "complete")).toBe(true);
      expect(await markRemoving(db, await snapshot(), holder, null)).toBe(true);
    });

    it("a snapshot recorded in the middle of a backup can be pruned around, and is recorded once", async () => {
      await finishRun(db, holder.runId, bob, endOf({ ...succeeded, stats: null }));
      const runId = await claim(db, laptop, charlie, 9);
      const made = snapshotOf(laptop, runId, 9);
      expect(await recordSnapshot(db, runId, bob, made)).toBe(false);
      expect(await recordSnapshot(db, runId, charlie, made)).toBe(true);
      expect(await recordSnapshot(db, runId, charlie, made)).toBe(true);
      const by = { runId, owner: charlie };
      expect(await markRemoving(db, await snapshot(1), by, null)).toBe(true);
      expect(await markRemoved(db, (await snapshot(1)).id, by, 0, removedAt)).toBe(true);
      expect(await finishRun(db, runId, charlie, endOf(succeeded, made))).toBe(true);
      expect(await snapshot(9)).toMatchObject({ state: "complete", runId, revision: 0 });
      expect((await snapshot(1)).removalRunId).toBe(runId);
    });
  });
