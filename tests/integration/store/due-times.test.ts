// Schedules, history and workers in SQL: a due time becomes one run, old runs go, and who is alive is known.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { lateSince } from "../../../src/domain/health.ts";
import type { Schedule } from "../../../src/domain/schedule.ts";
import type { Database } from "../../../src/store/database.ts";
import { dueFacts } from "../../../src/store/due-facts.ts";
import { finishRun } from "../../../src/store/run-lease.ts";
import { enqueue, type NewRun } from "../../../src/store/run-queue.ts";
import { countForgettable, countOpenRuns, forgetRuns, listRuns } from "../../../src/store/runs.ts";
import {
  deleteSchedule,
  findSchedule,
  hasRunFor,
  listSchedules,
  moveSchedule,
  openBackups,
  queueDueRun,
  saveSchedule,
} from "../../../src/store/schedules.ts";
import { listSnapshots } from "../../../src/store/snapshots.ts";
import { listWorkers, sayAlive, sayGone } from "../../../src/store/workers.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import {
  addHost,
  claim,
  endOf,
  failed,
  manualBackup,
  nameOf,
  snapshotOf,
  startedAt,
  succeeded,
  worker,
} from "../../support/queue-people.ts";

const bob = worker("bob");
const dueAt = new Date("2026-11-23T02:15:00.000Z");
const tomorrow = new Date("2026-11-24T02:15:00.000Z");
const facts = {
  cron: "15 2 * * *",
  timeZone: null,
  prune: true,
  maxDelete: 3,
  jitterSeconds: 60,
  enabled: true,
  nextDueAt: dueAt,
};

for (const database of DATABASES)
  describe(`schedules, history and workers in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    let laptop: number;
    let nas: number;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
      laptop = await addHost(db, "laptop");
      nas = await addHost(db, "nas");
    });

    const scheduleOf = async (hostId: number, name = "default"): Promise<Schedule> => {
      const schedule = await findSchedule(db, hostId, name);
      if (schedule === null) throw new Error(`there is no schedule ${name}`);
      return schedule;
    };
    const dueRun = (schedule: Schedule): NewRun => ({
      ...manualBackup(schedule.hostId),
      trigger: "scheduled",
      scheduleId: schedule.id,
      dueAt,
    });
    const stand = { nextDueAt: tomorrow, lastDueAt: dueAt, lastSkip: null };

    it("makes a schedule, changes the one of that name and no other, and removes it once", async () => {
      await saveSchedule(db, laptop, "default", facts, startedAt);
      await saveSchedule(db, nas, "default", facts, startedAt);
      const before = await scheduleOf(laptop);
      expect(before).toMatchObject({ ...facts, host: "laptop", lastDueAt: null, lastSkip: null });
      const changed = {
        ...facts,
        cron: "@daily",
        timeZone: "Europe/Amsterdam",
        enabled: false,
        nextDueAt: null,
      };
      await saveSchedule(db, laptop, "default", changed, tomorrow);
      await saveSchedule(db, laptop, "workdays", facts, tomorrow);
      expect(await scheduleOf(laptop)).toEqual({ ...before, ...changed });
      expect(await scheduleOf(nas)).toMatchObject(facts);
      const names = (await listSchedules(db)).map(({ host, name }) => `${host}/${name}`);
      expect(names).toEqual(["laptop/default", "laptop/workdays", "nas/default"]);
      expect(await deleteSchedule(db, laptop, "default")).toBe(true);
      expect(await deleteSchedule(db, laptop, "default")).toBe(false);
      expect((await listSchedules(db, laptop)).map(({ name }) => name)).toEqual(["workdays"]);
      expect(await scheduleOf(nas)).toMatchObject(facts);
    });

    it("saves it also when two people make it at the same moment", async () => {
      const crons = ["1 1 * * *", "2 2 * * *"];
      await Promise.all(
        crons.map((cron) => saveSchedule(db, laptop, "default", { ...facts, cron }, startedAt)),
      );
      expect(await listSchedules(db)).toHaveLength(1);
      expect(crons).toContain((await scheduleOf(laptop)).cron);
    });

    it("queues a due time once when two schedulers see it, and moves on once", async () => {
      await saveSchedule(db, laptop, "default", facts, startedAt);
      const seen = await scheduleOf(laptop);
      const answers = [
        await queueDueRun(db, seen, dueRun(seen), stand, startedAt),
        await queueDueRun(db, seen, dueRun(seen), { ...stand, nextDueAt: startedAt }, startedAt),
      ];
      const [run, ...others] = await listRuns(db);
      expect(answers).toEqual([run?.id, null]);
      expect(others).toEqual([]);
      expect(run).toMatchObject({ trigger: "scheduled", status: "queued", dueAt, scheduleId: seen.id });
      expect(await scheduleOf(laptop)).toEqual({ ...seen, ...stand });
      expect(await hasRunFor(db, seen.id, dueAt)).toBe(true);
      expect(await hasRunFor(db, seen.id, tomorrow)).toBe(false);
    });

    it("only passes a due time that has its run already, as after a clock that was set back", async () => {
      await saveSchedule(db, laptop, "default", facts, startedAt);
      const first = await scheduleOf(laptop);
      await queueDueRun(db, first, dueRun(first), stand, startedAt);
      await db.sql.updateTable("schedules").set({ nextDueAt: dueAt }).execute();
      const again = await scheduleOf(laptop);
      expect(await queueDueRun(db, again, dueRun(again), stand, startedAt)).toBeNull();
      expect(await listRuns(db)).toHaveLength(1);
      expect(await scheduleOf(laptop)).toMatchObject({ nextDueAt: tomorrow });
    });

    it("queues nothing for a schedule that was changed, switched off or removed since it was looked at", async () => {
      await saveSchedule(db, laptop, "default", facts, startedAt);
      const seen = await scheduleOf(laptop);
      const off = { ...facts, enabled: false, nextDueAt: null };
      for (const change of [{ ...facts, cron: "0 4 * * *" }, off]) {
        await saveSchedule(db, laptop, "default", change, startedAt);
        expect(await queueDueRun(db, seen, dueRun(seen), stand, startedAt)).toBeNull();
        expect(await moveSchedule(db, seen, stand)).toBe(false);
        expect(await scheduleOf(laptop)).toMatchObject(change);
      }
      await deleteSchedule(db, laptop, "default");
      expect(await queueDueRun(db, seen, dueRun(seen), stand, startedAt)).toBeNull();
      expect(await listRuns(db)).toEqual([]);
    });

    it("remembers which run a skipped due time was skipped for", async () => {
      await saveSchedule(db, laptop, "default", facts, startedAt);
      const open = await enqueue(db, manualBackup(laptop), startedAt);
      await enqueue(db, { ...manualBackup(nas), kind: "verify" }, startedAt);
      expect(await openBackups(db)).toEqual(new Map([[laptop, open]]));
      const skip = { ...stand, lastSkip: { dueAt, runId: open } };
      expect(await moveSchedule(db, await scheduleOf(laptop), skip)).toBe(true);
      expect(await scheduleOf(laptop)).toMatchObject(skip);
    });

    it("says of each host where its schedules stand that are switched on", async () => {
      await saveSchedule(db, laptop, "default", facts, startedAt);
      await saveSchedule(db, laptop, "hourly", { ...facts, nextDueAt: tomorrow }, startedAt);
      await saveSchedule(db, nas, "default", { ...facts, enabled: false, nextDueAt: null }, startedAt);
      const found = await dueFacts(db);
      expect([...found.keys()]).toEqual([laptop]);
      expect(found.get(laptop)).toHaveLength(2);
      expect(found.get(laptop)).toContainEqual({
        ...{ hostId: laptop, firstDueAt: null, lastDueAt: null, nextDueAt: tomorrow, windows: null },
      });
    });

    it("know a host by the due time for which its run still waits, however many were skipped since", async () => {
      await saveSchedule(db, laptop, "default", facts, startedAt);
      const schedule = await scheduleOf(laptop);
      const stand = { nextDueAt: tomorrow, lastDueAt: dueAt, lastSkip: null, waitingSince: dueAt };
      await queueDueRun(db, schedule, dueRun(schedule), stand, dueAt);
      const later = new Date("2026-11-25T02:15:00.000Z");
      await moveSchedule(db, await scheduleOf(laptop), { ...stand, lastDueAt: tomorrow, nextDueAt: later });
      const due = (await dueFacts(db)).get(laptop) ?? [];
      const afternoon = new Date("2026-11-24T14:30:00.000Z");
      const before = new Date("2026-11-23T02:00:00.000Z");
      expect(lateSince(before, due, afternoon)).toEqual(dueAt);
      expect(lateSince(new Date("2026-11-23T03:00:00.000Z"), due, afternoon)).toEqual(tomorrow);
    });

    it("forgets old runs, oldest first, but none that is open, no host's newest backup, and no snapshot", async () => {
      const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));
      const ended: number[] = [];
      for (const hour of [1, 2, 3, 4]) {
        const id = await claim(db, laptop, bob, hour);
        const snapshot = { ...snapshotOf(laptop, id), name: nameOf(hour) };
        await finishRun(db, id, bob, endOf(succeeded, snapshot, at(hour)));
        ended.push(id);
      }
      const lonely = await claim(db, nas, bob);
      await finishRun(db, lonely, bob, endOf(failed, null, at(0)));
      const running = await claim(db, nas, bob);
      const queued = await enqueue(db, manualBackup(laptop), at(0));
      expect(await countOpenRuns(db)).toEqual({ queued: 1, running: 1 });
      const left = async () => (await listRuns(db)).map(({ id }) => id).sort((a, b) => a - b);

      expect(await countForgettable(db, at(3))).toBe(2);
      expect(await forgetRuns(db, at(0), 10)).toBe(0);
      expect(await forgetRuns(db, at(24), 1)).toBe(1);
      expect(await left()).toEqual([...ended.slice(1), lonely, running, queued]);
      expect(await forgetRuns(db, at(3), 10)).toBe(1);
      expect(await forgetRuns(db, at(24), 10)).toBe(1);
      expect(await forgetRuns(db, at(24), 10)).toBe(0);
      expect(await left()).toEqual([ended[3], lonely, running, queued]);
      expect((await listSnapshots(db)).map(({ runId }) => runId)).toEqual([ended[3], null, null, null]);
      expect(await countOpenRuns(db)).toEqual({ queued: 1, running: 1 });
    });

    it("lists workers while they say that they live, and takes off those that have been silent for a day", async () => {
      const facts = {
        workerId: "bob",
        node: "main",
        role: "worker",
        processIdentity: "process of bob",
        parallel: 2,
      } as const;
      await sayAlive(db, facts, startedAt);
      await sayAlive(db, { ...facts, workerId: "sue", role: "scheduler", parallel: 0 }, tomorrow);
      expect(await listWorkers(db)).toMatchObject([
        { ...facts, startedAt, silentSeconds: expect.any(Number) },
        { workerId: "sue", role: "scheduler" },
      ]);
      await sql`update workers set seen_at = ${db.dialect.nowPlus(-100)}`.execute(db.sql);
      expect((await listWorkers(db))[0]?.silentSeconds).toBeGreaterThanOrEqual(99);
      await sayAlive(db, facts, startedAt);
      expect((await listWorkers(db))[0]?.silentSeconds).toBeLessThan(50);
      await sql`update workers set seen_at = ${db.dialect.nowPlus(-86_500)}`.execute(db.sql);
      await sayAlive(db, { ...facts, workerId: "dora" }, tomorrow);
      expect((await listWorkers(db)).map(({ workerId }) => workerId)).toEqual(["dora"]);
      await sayGone(db, "dora");
      await sayGone(db, "dora");
      expect(await listWorkers(db)).toEqual([]);
    });
  });
