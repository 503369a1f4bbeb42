// What the server keeps of all hosts for the next request: never older than what it has been told.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Database, openDatabase } from "../../../src/store/database.ts";
import { hostFacts } from "../../../src/store/host-facts.ts";
import { keepFacts } from "../../../src/store/keep-facts.ts";
import { together } from "../../../src/store/transaction.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addHost } from "../../support/queue-people.ts";

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
      return { clock, ...keepFacts(db, read, { now: () => clock.ms }), readings: () => readings };
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

    if (database === "mariadb")
      it("is read anew before it is too old, and nobody waits for that", async () => {
        const names = keepNames();
        const first = await names.get();
        names.clock.ms += 500;
        expect(await names.get()).toBe(first);
        expect(await names.get()).toBe(first);
        await vi.waitFor(async () => expect(await names.get()).not.toBe(first));
        expect(names.readings()).toBe(2);
        names.clock.ms += 999;
        await names.get();
        await addHost(other, "ahead");
        names.forget();
        expect(await names.get(), "what was begun before it was forgotten does not count").toContain("ahead");
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
