// Since when a host is late, where its runs wait for rare windows, and where they are cancelled time and again.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { App } from "../../../src/actions/app.ts";
import { queueDue } from "../../../src/actions/queue-due.ts";
import { lateSince } from "../../../src/domain/health.ts";
import { firstWaiting } from "../../../src/domain/schedule.ts";
import type { Database } from "../../../src/store/database.ts";
import { dueFacts } from "../../../src/store/due-facts.ts";
import { placeWindow } from "../../../src/store/host-windows.ts";
import { requireHost, updateHost } from "../../../src/store/hosts.ts";
import { enqueue, requestCancel } from "../../../src/store/run-queue.ts";
import { findSchedule, queueDueRun, saveSchedule } from "../../../src/store/schedules.ts";
import { insertSnapshot } from "../../../src/store/snapshots.ts";
import { inTransaction } from "../../../src/store/transaction.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addHost, manualBackup, snapshotOf } from "../../support/queue-people.ts";

const at = (text: string): Date => new Date(`${text}Z`);
/** A Saturday; the window is open from 20:00 to 22:00 on Saturdays. */
const success = at("2026-11-28T21:00");
const facts = {
  ...{ cron: "0 2 * * *", timeZone: null, prune: false, maxDelete: null, jitterSeconds: 0, enabled: true },
};

for (const database of DATABASES)
  describe(`lateness in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    let hostId: number;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
      hostId = await addHost(db, "web1");
      const snapshot = { ...snapshotOf(hostId, null), startedAt: success, finishedAt: success };
      await inTransaction(db, (tx) => insertSnapshot(tx, snapshot));
      await saveSchedule(db, hostId, "default", { ...facts, nextDueAt: at("2026-11-29T02:00") }, success);
    });

    /** A due time is queued; the run is cancelled later, or waits. */
    const due = async (text: string, next: string, isCancelled: boolean): Promise<void> => {
      const schedule = await findSchedule(db, hostId, "default");
      if (schedule === null) throw new Error("there is no schedule");
      const dueAt = at(text);
      const run = {
        ...{ ...manualBackup(hostId), trigger: "scheduled" as const },
        ...{ scheduleId: schedule.id, dueAt },
      };
      const { waitingSince, nextDueAt } = schedule;
      if (nextDueAt === null) throw new Error("it has none");
      const waits = { waitingSince, nextDueAt };
      const since = firstWaiting({ cron: facts.cron, timeZone: "UTC" }, waits, dueAt, success);
      const stand = { nextDueAt: at(next), lastDueAt: dueAt, lastSkip: null, waitingSince: since };
      const id = await queueDueRun(db, schedule, run, stand, dueAt);
      const problem = { code: "cancelled", message: "", hint: "", detail: null } as const;
      if (isCancelled && id !== null) await requestCancel(db, id, problem, dueAt);
    };
    const lateAt = async (text: string) =>
      lateSince(success, (await dueFacts(db, [hostId])).get(hostId) ?? [], at(text));
    const rareWindow = async () => {
      const { node, address, transport, enabled } = await requireHost(db, "web1");
      const settings = { windows: ["sat 20:00-22:00"] };
      await updateHost(db, hostId, { node, address, transport, enabled, settings }, success);
      await placeWindow(db, hostId, { from: at("2026-12-05T20:00"), until: at("2026-12-05T22:00") });
    };

    it("goes by the first due time after the last success, also when nothing waits for that one any more", async () => {
      await rareWindow();
      await due("2026-11-29T02:00", "2026-12-06T02:00", true);
      await due("2026-12-06T02:00", "2026-12-07T02:00", false);
      // Its window opened on Saturday the 5th, and the grace was over on Sunday morning.
      expect(await lateAt("2026-12-06T07:59")).toBeNull();
      expect(await lateAt("2026-12-06T08:01")).toEqual(at("2026-11-29T02:00"));
      expect(await lateAt("2026-12-10T12:00")).toEqual(at("2026-11-29T02:00"));
    });

    it("is noticed of a host whose runs are cancelled before the next due time each day", async () => {
      for (const day of [29, 30]) await due(`2026-11-${day}T02:00`, `2026-12-01T02:00`, true);
      await due("2026-12-01T02:00", "2026-12-02T02:00", true);
      expect(await lateAt("2026-12-01T02:05")).toEqual(at("2026-11-29T02:00"));
    });

    it("is noticed where all due times are skipped for a run that waits, also after a snapshot by hand", async () => {
      let now = at("2026-11-29T01:00");
      const app: App = {
        ...{ db, node: "main", clock: () => now, version: "test", leaseSeconds: 60, hasher: [] },
        ...{ randomHex: () => "00", secretKeyFile: "/nowhere", requestedBy: null },
        actor: { name: null, kind: "system", address: null },
      };
      const pass = async (...days: string[]): Promise<void> => {
        for (const day of days) {
          now = at(`2026-${day}T02:00`);
          await queueDue(app);
        }
      };
      await enqueue(db, manualBackup(hostId), now);
      await pass("11-29", "11-30", "12-01");
      expect(await lateAt("2026-12-01T03:00")).toEqual(at("2026-11-29T02:00"));
      const byHand = { startedAt: at("2026-12-01T20:00"), finishedAt: at("2026-12-01T20:00") };
      await inTransaction(db, (tx) => insertSnapshot(tx, { ...snapshotOf(hostId, null, 2), ...byHand }));
      await pass("12-02", "12-03");
      expect(lateSince(byHand.finishedAt, (await dueFacts(db)).get(hostId) ?? [], now)).toEqual(
        at("2026-12-02T02:00"),
      );
    });

    it("is noticed where no scheduler has passed a due time since a snapshot by hand", async () => {
      const byHand = { startedAt: at("2026-12-01T20:00"), finishedAt: at("2026-12-01T20:00") };
      await inTransaction(db, (tx) => insertSnapshot(tx, { ...snapshotOf(hostId, null, 2), ...byHand }));
      const late = async (text: string) =>
        lateSince(byHand.finishedAt, (await dueFacts(db)).get(hostId) ?? [], at(text));
      expect(await late("2026-12-02T13:59")).toBeNull();
      expect(await late("2026-12-02T14:01")).toEqual(at("2026-12-02T02:00"));
      expect(await late("2026-12-09T12:00")).toEqual(at("2026-12-02T02:00"));
    });

    it("is over with a success after that, and does not look at other hosts' windows for one host", async () => {
      await due("2026-11-29T02:00", "2026-11-30T02:00", true);
      const later = {
        ...snapshotOf(hostId, null, 2),
        startedAt: at("2026-11-29T20:00"),
        finishedAt: at("2026-11-29T20:00"),
      };
      await inTransaction(db, (tx) => insertSnapshot(tx, later));
      const [found] = (await dueFacts(db, [hostId])).get(hostId) ?? [];
      expect(found).toMatchObject({ firstDueAt: null, lastDueAt: at("2026-11-29T02:00"), windows: null });
    });
  });
