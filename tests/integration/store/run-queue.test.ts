// The queue: only a run's owner changes it, all at once or not at all, and nobody changes one that has ended.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PLAIN_RUN } from "../../../src/domain/run.ts";
import type { Database } from "../../../src/store/database.ts";
import { findLock, takeOverRun } from "../../../src/store/held-runs.ts";
import { deleteHost, findHost } from "../../../src/store/hosts.ts";
import { finishRun, recordSnapshot, renewLease, reportRun } from "../../../src/store/run-lease.ts";
import { enqueue, enqueueClaimed } from "../../../src/store/run-queue.ts";
import { findRun, listRuns } from "../../../src/store/runs.ts";
import { listSnapshots } from "../../../src/store/snapshots.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import {
  addHost,
  claim,
  endOf,
  expireLeases,
  failed,
  finishedAt,
  manualBackup,
  nameOf,
  snapshotOf,
  startedAt,
  succeeded,
  worker,
} from "../../support/queue-people.ts";

const bob = worker("bob");
const charlie = worker("charlie");
const progress = { percent: 12, bytes: 1, files: 2, bytesPerSecond: 3, secondsLeft: null };

for (const database of DATABASES)
  describe(`the queue in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    let laptop: number;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
      laptop = await addHost(db, "laptop");
    });

    it("queues a run, and claims one whole: status, worker, start, and the snapshot's name", async () => {
      const queued = await enqueue(db, manualBackup(laptop), startedAt);
      expect(await findRun(db, queued)).toMatchObject({
        status: "queued",
        queuedAt: startedAt,
        startedAt: null,
        worker: null,
        snapshot: null,
        warnings: [],
      });
      const id = await claim(db, laptop, bob);
      expect(await findRun(db, id)).toEqual({
        id,
        hostId: laptop,
        host: "laptop",
        kind: "backup",
        trigger: "manual",
        status: "running",
        attempt: 1,
        ...{ retryOf: null, rateLimit: null, sharing: null, byHand: true },
        requestedBy: "ada 🦀",
        queuedAt: startedAt,
        dueAt: null,
        startedAt,
        finishedAt: null,
        worker: "bob",
        phase: null,
        progress: null,
        options: { ...PLAIN_RUN, prune: true },
        snapshot: nameOf(1),
        ...{ base: null, sandbox: null },
        result: null,
        stats: null,
        problem: null,
        warnings: [],
        cancelRequestedAt: null,
        scheduleId: null,
        availableAt: startedAt,
      });
      expect(await findLock(db, laptop)).toEqual({
        runId: id,
        hostId: laptop,
        host: "laptop",
        node: "main",
        kind: "backup",
        workerId: "bob",
        processIdentity: "process of bob",
        acquiredAt: startedAt,
        expired: false,
      });
    });

    it("gives a host to one run at a time, and leaves no run behind for the one that came too late", async () => {
      const id = await claim(db, laptop, bob);
      const facts = { startedAt, snapshotName: nameOf(2) };
      expect(await enqueueClaimed(db, manualBackup(laptop), charlie, facts)).toBeNull();
      expect((await listRuns(db)).map((run) => run.id)).toEqual([id]);
      await finishRun(db, id, bob, endOf(failed));
      await expect(claim(db, laptop, charlie)).resolves.toBeGreaterThan(id);
    });

    it("renews a lease for its owner only, and only while it lasts", async () => {
      const id = await claim(db, laptop, bob);
      expect(await renewLease(db, id, charlie)).toBe(false);
      expect(await renewLease(db, id, bob)).toBe(true);
      // Renewed twice within one tick of the clock: the row may look the same, and the lease is his all the same.
      expect(await renewLease(db, id, bob)).toBe(true);
      await expireLeases(db);
      expect(await findLock(db, laptop)).toMatchObject({ expired: true });
      expect(await renewLease(db, id, bob)).toBe(false);
      expect(await findLock(db, laptop)).toMatchObject({ expired: true, workerId: "bob" });
    });

    it("takes reports from the owner alone, and tells it when somebody wants the run to end", async () => {
      const id = await claim(db, laptop, bob);
      expect(await reportRun(db, id, bob, { phase: "transferring", progress, baseName: nameOf(9) })).toBe(
        false,
      );
      expect(await reportRun(db, id, bob, { progress })).toBe(false);
      expect(await reportRun(db, id, charlie, { phase: "publishing" })).toBeNull();
      expect(await findRun(db, id)).toMatchObject({ phase: "transferring", progress, base: nameOf(9) });
      await db.sql.updateTable("runs").set({ cancelRequestedAt: finishedAt }).execute();
      expect(await reportRun(db, id, bob, {})).toBe(true);
    });

    it("accepts a report that changes nothing, as the one of a transfer that stands still does", async () => {
      const id = await claim(db, laptop, bob);
      for (let n = 0; n < 3; n++) expect(await reportRun(db, id, bob, { progress })).toBe(false);
      expect(await reportRun(db, id, bob, {})).toBe(false);
    });

    it("ends a run with everything that belongs to it, and lets the host go", async () => {
      const id = await claim(db, laptop, bob);
      await reportRun(db, id, bob, { phase: "publishing", progress });
      expect(await finishRun(db, id, bob, endOf(succeeded, snapshotOf(laptop, id)))).toBe(true);
      expect(await findRun(db, id)).toMatchObject({
        status: "succeeded",
        finishedAt,
        phase: null,
        progress: null,
        stats: succeeded.stats,
        snapshot: nameOf(1),
      });
      expect(await listSnapshots(db)).toMatchObject([
        { name: nameOf(1), host: "laptop", runId: id, state: "complete", bytes: 5_000_000_000_000 },
      ]);
      expect(await findLock(db, laptop)).toBeNull();
    });

    it("takes the snapshot's name from a run that made none, and keeps the reason word for word", async () => {
      const id = await claim(db, laptop, bob);
      expect(await finishRun(db, id, bob, endOf(failed))).toBe(true);
      expect(await findRun(db, id)).toMatchObject({ ...failed, snapshot: null, finishedAt });
      expect(await listSnapshots(db)).toEqual([]);
    });

    it("lets nobody but the owner end a run", async () => {
      const id = await claim(db, laptop, bob);
      const before = await findRun(db, id);
      expect(await finishRun(db, id, charlie, endOf(succeeded, snapshotOf(laptop, id)))).toBe(false);
      expect(await findRun(db, id)).toEqual(before);
      expect(await findLock(db, laptop)).toMatchObject({ workerId: "bob" });
      expect(await listSnapshots(db)).toEqual([]);
    });

    it("leaves a snapshot as it is that was recorded before the end", async () => {
      const id = await claim(db, laptop, bob);
      expect(await recordSnapshot(db, id, worker("alice"), snapshotOf(laptop, id))).toBe(false);
      expect(await listSnapshots(db)).toEqual([]);
      expect(await recordSnapshot(db, id, bob, snapshotOf(laptop, id))).toBe(true);
      const recorded = await listSnapshots(db);
      expect(recorded).toMatchObject([{ runId: id, state: "complete" }]);
      expect(await finishRun(db, id, bob, endOf(succeeded, snapshotOf(laptop, id)))).toBe(true);
      expect(await listSnapshots(db)).toEqual(recorded);
    });

    it("takes everything back when one part of the end fails: the run goes on, the lock stays", async () => {
      const id = await claim(db, laptop, bob);
      const before = await findRun(db, id);
      const ofNoHost = snapshotOf(laptop + 1000, id);
      await expect(finishRun(db, id, bob, endOf(succeeded, ofNoHost))).rejects.toThrow();
      expect(await findRun(db, id)).toEqual(before);
      expect(await findLock(db, laptop)).toMatchObject({ runId: id, workerId: "bob" });
      expect(await listSnapshots(db)).toEqual([]);
      // And the connection is fit for the next transaction.
      expect(await finishRun(db, id, bob, endOf(failed))).toBe(true);
    });

    it("never changes a run that has ended, not even for its owner", async () => {
      const id = await claim(db, laptop, bob);
      await finishRun(db, id, bob, endOf(succeeded, snapshotOf(laptop, id)));
      const ended = await findRun(db, id);
      expect(await reportRun(db, id, bob, { phase: "probing", progress })).toBeNull();
      expect(await renewLease(db, id, bob)).toBe(false);
      expect(await finishRun(db, id, bob, endOf(failed, null, new Date()))).toBe(false);
      expect(await findRun(db, id)).toEqual(ended);
    });

    it("settles the run of a lost worker, once, and not under the hands of the next one", async () => {
      const lost = await claim(db, laptop, bob);
      await expireLeases(db);
      const lock = await findLock(db, laptop);
      if (lock === null) throw new Error("there is no lock");
      expect(await takeOverRun(db, lock, charlie, false, finishedAt)).toBe(true);
      expect(await takeOverRun(db, lock, worker("dora"), false, finishedAt)).toBe(false);
      expect(await finishRun(db, lost, bob, endOf(failed))).toBe(false);
      expect(await finishRun(db, lost, charlie, endOf(succeeded, snapshotOf(laptop, lost)))).toBe(true);
      expect(await findRun(db, lost)).toMatchObject({ status: "succeeded", snapshot: nameOf(1) });
      expect(await listSnapshots(db)).toMatchObject([{ runId: lost }]);
      const next = await claim(db, laptop, charlie, 2);
      expect(await takeOverRun(db, lock, bob, true, finishedAt)).toBe(false);
      expect(await findLock(db, laptop)).toMatchObject({ runId: next, workerId: "charlie" });
    });

    it("leaves a run with its owner while the lease lasts, unless the owner is known to be dead", async () => {
      await claim(db, laptop, bob);
      const lock = await findLock(db, laptop);
      if (lock === null) throw new Error("there is no lock");
      expect(await takeOverRun(db, lock, charlie, false, finishedAt)).toBe(false);
      expect(await takeOverRun(db, lock, charlie, true, finishedAt)).toBe(true);
      expect(await findLock(db, laptop)).toMatchObject({ workerId: "charlie", expired: false });
    });

    it("lets an owner whose lease ran out change nothing more, also before anybody has taken over", async () => {
      const id = await claim(db, laptop, bob);
      await expireLeases(db);
      expect(await reportRun(db, id, bob, { phase: "publishing" })).toBeNull();
      expect(await finishRun(db, id, bob, endOf(succeeded, snapshotOf(laptop, id)))).toBe(false);
      expect(await findRun(db, id)).toMatchObject({ status: "running", phase: null });
      expect(await listSnapshots(db)).toEqual([]);
    });

    it("keeps a host that is being worked on, and lets one go with all that is recorded about it", async () => {
      const nas = await addHost(db, "nas");
      const id = await claim(db, laptop, bob);
      expect(await deleteHost(db, laptop)).toBe(false);
      expect(await findHost(db, "laptop")).not.toBeNull();
      await finishRun(db, id, bob, endOf(succeeded, snapshotOf(laptop, id)));
      const other = await claim(db, nas, charlie);
      expect(await deleteHost(db, laptop)).toBe(true);
      expect(await deleteHost(db, laptop)).toBe(false);
      expect((await listRuns(db)).map((run) => run.id)).toEqual([other]);
      expect(await listSnapshots(db)).toEqual([]);
      expect(await findLock(db, nas)).not.toBeNull();
    });
  });
