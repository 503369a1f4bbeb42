// What the server keeps of all hosts for the next request: never older than what it has been told.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Database, openDatabase } from "../../../src/store/database.ts";
import { hostFacts } from "../../../src/store/host-facts.ts";
import { keepFacts } from "../../../src/store/keep-facts.ts";
import { finishRun } from "../../../src/store/run-lease.ts";
import { enqueue, requestCancel } from "../../../src/store/run-queue.ts";
import { listRuns } from "../../../src/store/runs.ts";
import { together } from "../../../src/store/transaction.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import {
  addHost,
  claim,
  endOf,
  failed,
  manualBackup,
  startedAt,
  worker,
} from "../../support/queue-people.ts";

for (const database of DATABASES)
  describe(`facts that are kept, in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    /** Another process, as far as the database can tell. */
    let other: Database;
    beforeAll(async () => {
      databases = await startDatabases(database);
      const first = await databases.freshAt();
      db = first.db;
      other = await openDatabase(first.url);
    });
    afterAll(async () => {
      await other.close();
      await databases.stop();
    });

    const keepNames = (clock = { ms: 0 }) => {
      let readings = 0;
      const read = async (): Promise<string[]> => {
        readings += 1;
        return (await hostFacts(db)).map(({ name }) => name);
      };
      return { clock, ...keepFacts(db, read, () => clock.ms), readings: () => readings };
    };

    it("is read once for all who ask while nothing changes", async () => {
      const names = keepNames();
      const [first, second] = await Promise.all([names.get(), names.get()]);
      expect(second).toBe(first);
      expect(await names.get()).toBe(first);
      expect(names.readings()).toBe(1);
    });

    it("has what this process has written at once, also from within a transaction", async () => {
      const names = keepNames();
      await names.get();
      await addHost(db, "own");
      expect(await names.get()).toContain("own");
      await together(db, async (transaction) => {
        await addHost(transaction, "together");
        // Somebody else asks in the middle of it.
        if (database === "mariadb") expect(await names.get()).not.toContain("together");
      });
      expect(await names.get()).toContain("together");
    });

    it("has what another process has written, on MariaDB after a second or when told", async () => {
      const names = keepNames();
      await names.get();
      await addHost(other, "foreign");
      if (database === "mariadb") {
        names.clock.ms += 999;
        expect(await names.get()).not.toContain("foreign");
        names.clock.ms += 1;
      }
      expect(await names.get()).toContain("foreign");
      await addHost(other, "told");
      names.forget();
      expect(await names.get()).toContain("told");
    });

    it("has what becomes of a run elsewhere, on MariaDB after a second", async () => {
      const hostId = await addHost(db, "busy");
      const clock = { ms: 0 };
      const statuses = keepFacts(
        db,
        async () => (await listRuns(db, { hostId })).map(({ status }) => status),
        () => clock.ms,
      );
      const afterASecond = (): Promise<string[]> => {
        clock.ms += 1000;
        return statuses.get();
      };
      expect(await statuses.get()).toEqual([]);
      const waiting = await enqueue(other, manualBackup(hostId), startedAt);
      expect(await afterASecond()).toEqual(["queued"]);
      const problem = { code: "cancelled", message: "", hint: "", detail: null } as const;
      await requestCancel(other, waiting, problem, startedAt);
      expect(await afterASecond()).toEqual(["cancelled"]);
      const id = await claim(other, hostId, worker("bob"));
      expect(await afterASecond()).toEqual(["running", "cancelled"]);
      await finishRun(other, id, worker("bob"), endOf(failed, null));
      expect(await afterASecond()).toEqual(["failed", "cancelled"]);
    });

    it("is not read again while nobody has changed anything, on MariaDB for ten seconds", async () => {
      const names = keepNames();
      const first = await names.get();
      for (const ms of [1000, 2000, 9999]) {
        names.clock.ms = ms;
        expect(await names.get()).toBe(first);
      }
      expect(names.readings()).toBe(1);
      names.clock.ms = 10_000;
      await names.get();
      expect(names.readings()).toBe(database === "mariadb" ? 2 : 1);
    });

    it("does not keep that it could not be read", async () => {
      let fails = true;
      const kept = keepFacts(db, async () => {
        if (fails) throw new Error("away");
        return "there";
      });
      await expect(kept.get()).rejects.toThrow("away");
      fails = false;
      expect(await kept.get()).toBe("there");
    });
  });
