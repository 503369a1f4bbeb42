// Claiming from the queue: who is next, that one of many gets a run, and that whoever lost leaves nothing behind.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freeSlots, nextCandidates } from "../../../src/store/candidates.ts";
import type { Database } from "../../../src/store/database.ts";
import { findLock, listHeldRuns, takeOverRun } from "../../../src/store/held-runs.ts";
import { requireHost, updateHost } from "../../../src/store/hosts.ts";
import { finishRun } from "../../../src/store/run-lease.ts";
import { claimRun, enqueue, type NewRun, requestCancel } from "../../../src/store/run-queue.ts";
import { countOpenRuns, findRun, listRuns } from "../../../src/store/runs.ts";
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
  startedAt,
  succeeded,
  worker,
} from "../../support/queue-people.ts";

const bob = worker("bob");
const charlie = worker("charlie");
const now = new Date("2026-11-23T03:00:00.000Z");
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const cancelled = { code: "cancelled", message: "It was cancelled.", hint: "", detail: null } as const;

for (const database of DATABASES)
  describe(`claiming from the queue in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    let laptop: number;
    let nas: number;
    let mail: number;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
      laptop = await addHost(db, "laptop");
      nas = await addHost(db, "nas");
      mail = await addHost(db, "mail");
    });

    const queue = (hostId: number, changes: Partial<NewRun> = {}) =>
      enqueue(db, { ...manualBackup(hostId), trigger: "scheduled", ...changes }, startedAt);
    const next = async (limit = 10) => (await nextCandidates(db, "main", now, limit)).map(({ id }) => id);
    const claimBy = async (owner: typeof bob, id: number, slot = 1) => {
      const run = await findRun(db, id);
      if (run === null) throw new Error(`there is no run ${id}`);
      return claimRun(db, run, owner, slot, { startedAt, snapshotName: nameOf(id) });
    };
    /** All that claiming writes. */
    const state = async () => ({
      runs: await listRuns(db),
      leases: await db.sql.selectFrom("runLeases").select(["runId", "slot", "workerId"]).execute(),
      locks: await db.sql.selectFrom("hostLocks").select(["hostId", "runId"]).execute(),
    });

    it("takes what a person asked for first, then what has waited longest", async () => {
      const retry = await queue(laptop, { trigger: "retry", availableAt: minutesAgo(40) });
      const scheduled = await queue(nas, { availableAt: minutesAgo(50) });
      const manual = await queue(mail, { trigger: "manual", availableAt: minutesAgo(1) });
      expect(await next()).toEqual([manual, scheduled, retry]);
      expect(await next(2)).toEqual([manual, scheduled]);
      expect(await next(1)).toEqual([manual]);
    });

    it("takes the one that was queued first of two that may run since the same moment", async () => {
      const ids = [await queue(nas), await queue(laptop), await queue(mail)];
      expect(await next()).toEqual(ids);
    });

    it("looks at one run a host, so that a host with many doesn't hide the others", async () => {
      const first = await queue(laptop, { availableAt: minutesAgo(9) });
      for (let n = 8; n > 5; n -= 1) await queue(laptop, { availableAt: minutesAgo(n) });
      const other = await queue(nas, { availableAt: minutesAgo(1) });
      expect(await next()).toEqual([first, other]);
      const asked = await queue(laptop, { trigger: "manual" });
      expect(await next()).toEqual([asked, other]);
    });

    it("lets runs of disabled hosts wait, and those whose time has not come", async () => {
      const waiting = await queue(laptop);
      const { node, address, transport, settings } = await requireHost(db, "laptop");
      await updateHost(db, laptop, { node, address, transport, settings, enabled: false }, startedAt);
      const tooEarly = await queue(nas, { availableAt: new Date(now.getTime() + 1) });
      expect(await next()).toEqual([]);
      await updateHost(db, laptop, { node, address, transport, settings, enabled: true }, startedAt);
      expect(await next()).toEqual([waiting]);
      const then = new Date(now.getTime() + 1);
      expect((await nextCandidates(db, "main", then, 10)).map(({ id }) => id)).toEqual([waiting, tooEarly]);
    });

    it("passes over a host that is being worked on, until that is over", async () => {
      const running = await claim(db, laptop, bob);
      const waiting = await queue(laptop);
      const other = await queue(nas, { availableAt: minutesAgo(0) });
      expect(await next()).toEqual([other]);
      await finishRun(db, running, bob, endOf(succeeded));
      expect(await next()).toEqual([waiting, other]);
    });

    it("lets runs that only read a host go on beside its backup, several at once", async () => {
      const running = await claim(db, laptop, bob);
      const verify = await queue(laptop, { kind: "verify" });
      const restore = await queue(laptop, { kind: "restore", trigger: "manual" });
      for (const kind of ["backup", "prune", "discover"] as const) await queue(laptop, { kind });
      expect(await next()).toEqual([restore, verify]);
      expect(await claimBy(bob, restore, 1)).toBe(true);
      expect(await claimBy(charlie, verify, 2)).toBe(true);
      expect(await findLock(db, laptop)).toMatchObject({ runId: running });
      expect((await listHeldRuns(db)).map(({ runId }) => runId)).toEqual([running, verify, restore]);
      expect(await next()).toEqual([]);
    });

    it("gives a run to one worker, and the second leaves everything as it is", async () => {
      const id = await queue(laptop);
      expect(await claimBy(bob, id, 1)).toBe(true);
      const before = await state();
      expect(before.leases).toEqual([{ runId: id, slot: 1, workerId: "bob" }]);
      expect(await claimBy(charlie, id, 2)).toBe(false);
      expect(await state()).toEqual(before);
      expect(await findRun(db, id)).toMatchObject({ status: "running", worker: "bob", snapshot: nameOf(id) });
    });

    it("refuses the second backup of a host, and a place of the site that is taken", async () => {
      const [first, second, other] = [await queue(laptop), await queue(laptop), await queue(nas)];
      expect(await claimBy(bob, first, 2)).toBe(true);
      const before = await state();
      expect(await claimBy(charlie, second, 1)).toBe(false);
      expect(await claimBy(charlie, other, 2)).toBe(false);
      expect(await state()).toEqual(before);
      expect(await claimBy(charlie, other, 1)).toBe(true);
    });

    it("refuses a run that was cancelled since it was looked at", async () => {
      const id = await queue(laptop);
      const candidate = (await nextCandidates(db, "main", now, 1))[0];
      expect(candidate?.id).toBe(id);
      await requestCancel(db, id, cancelled, now);
      const before = await state();
      expect(await claimBy(bob, id)).toBe(false);
      expect(await state()).toEqual(before);
      expect(before).toMatchObject({ leases: [], locks: [] });
    });

    it("leaves runs of hosts that another backup server keeps, also of one that moved since it was looked at", async () => {
      const id = await queue(laptop);
      expect(await nextCandidates(db, "attic", now, 1)).toEqual([]);
      expect((await nextCandidates(db, "main", now, 1)).map((run) => run.id)).toEqual([id]);
      const { address, transport, settings, enabled } = await requireHost(db, "laptop");
      const moved = { node: "attic", address, transport, settings, enabled };
      expect(await updateHost(db, laptop, moved, startedAt)).toBe(true);
      const before = await state();
      expect(await claimBy(bob, id)).toBe(false);
      expect(await state()).toEqual(before);
      expect(before).toMatchObject({ leases: [], locks: [] });
      expect((await nextCandidates(db, "attic", now, 1)).map((run) => run.id)).toEqual([id]);
    });

    it("counts the places that are free, of which a person's own backup takes none", async () => {
      expect(await freeSlots(db, "main", 3)).toEqual([1, 2, 3]);
      await claim(db, mail, charlie);
      expect(await freeSlots(db, "main", 3)).toEqual([1, 2, 3]);
      const id = await queue(laptop);
      await claimBy(bob, id, 2);
      expect(await freeSlots(db, "main", 3)).toEqual([1, 3]);
      // A site that allows fewer from now on: what runs already counts, on whatever place.
      expect(await freeSlots(db, "main", 1)).toEqual([]);
      await expireLeases(db);
      expect(await freeSlots(db, "main", 3)).toEqual([1, 3]);
      const [, held] = await listHeldRuns(db);
      if (held === undefined) throw new Error("nobody holds it");
      expect(await takeOverRun(db, held, charlie, false, now)).toBe(true);
      expect(await freeSlots(db, "main", 3)).toEqual([1, 3]);
      await finishRun(db, id, charlie, endOf(failed));
      expect(await freeSlots(db, "main", 3)).toEqual([1, 2, 3]);
    });

    it("cancels a queued run at once, asks for a running one's end, and leaves what has ended alone", async () => {
      const waiting = await queue(laptop);
      expect(await requestCancel(db, waiting, cancelled, now)).toBe("cancelled");
      const ended = { status: "cancelled", finishedAt: now, problem: cancelled, cancelRequestedAt: now };
      expect(await findRun(db, waiting)).toMatchObject(ended);
      expect(await requestCancel(db, waiting, cancelled, startedAt)).toBe("not-open");
      expect(await findRun(db, waiting)).toMatchObject(ended);

      const running = await claim(db, laptop, bob);
      expect(await requestCancel(db, running, cancelled, minutesAgo(2))).toBe("requested");
      expect(await requestCancel(db, running, cancelled, now)).toBe("requested");
      const asked = { status: "running", cancelRequestedAt: minutesAgo(2), problem: null, finishedAt: null };
      expect(await findRun(db, running)).toMatchObject(asked);
      await finishRun(db, running, bob, endOf(succeeded));
      expect(await requestCancel(db, running, cancelled, now)).toBe("not-open");
      expect(await findRun(db, running)).toMatchObject({ status: "succeeded", finishedAt });
      expect(await requestCancel(db, 4711, cancelled, now)).toBe("not-open");
    });

    it("queues the retry together with the failure, and none for whoever lost the run", async () => {
      const id = await claim(db, laptop, bob);
      const availableAt = new Date(finishedAt.getTime() + 60_000);
      const retry: NewRun = {
        ...manualBackup(laptop),
        trigger: "retry",
        attempt: 2,
        retryOf: id,
        availableAt,
      };
      expect(await finishRun(db, id, charlie, { ...endOf(failed), retry })).toBe(false);
      expect(await listRuns(db)).toHaveLength(1);
      expect(await finishRun(db, id, bob, { ...endOf(failed), retry })).toBe(true);
      expect(await finishRun(db, id, bob, { ...endOf(failed), retry })).toBe(false);
      const [queued, ...others] = await listRuns(db);
      expect(others.map((run) => run.id)).toEqual([id]);
      expect(queued).toMatchObject({
        status: "queued",
        trigger: "retry",
        attempt: 2,
        retryOf: id,
        availableAt,
      });
      expect(await findLock(db, laptop)).toBeNull();
      expect(await countOpenRuns(db)).toEqual({ queued: 1, running: 0 });
    });

    it("takes over a running run that nobody has a lease of, once", async () => {
      const id = await claim(db, laptop, bob);
      await db.sql.deleteFrom("runLeases").execute();
      const [held] = await listHeldRuns(db);
      if (held === undefined) throw new Error("it is not running");
      expect(held).toMatchObject({ runId: id, workerId: "bob", processIdentity: null, expired: true });
      expect(await takeOverRun(db, held, charlie, true, now)).toBe(true);
      expect(await takeOverRun(db, held, worker("dora"), true, now)).toBe(false);
      expect(await finishRun(db, id, charlie, endOf(failed))).toBe(true);
      expect(await takeOverRun(db, held, worker("dora"), true, now)).toBe(false);
      expect(await state()).toMatchObject({ runs: [{ status: "failed" }], leases: [], locks: [] });
    });
  });
