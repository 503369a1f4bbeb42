// Keys of hosts in SQL: one of each role, and one that waits takes the place of the one in use, or nothing happens.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Identity } from "../../../src/domain/identity.ts";
import type { Database } from "../../../src/store/database.ts";
import { deleteHost } from "../../../src/store/hosts.ts";
import {
  deleteExpiredIdentities,
  deleteIdentities,
  insertIdentity,
  listIdentities,
  promoteIdentity,
} from "../../../src/store/identities.ts";
import { together } from "../../../src/store/transaction.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addHost } from "../../support/queue-people.ts";

const createdAt = new Date("2026-11-29T05:30:00.500Z");

for (const database of DATABASES)
  describe(`keys of hosts in ${database}`, () => {
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

    const key = (role: Identity["role"], name: string, more: Partial<Identity> = {}) => ({
      ...({ hostId: laptop, role, access: "sudo", user: "pobsync", createdAt, expiresAt: null } as const),
      // As long as an RSA key of 8192 bits makes it.
      ...{ publicKey: `ssh-rsa ${name.repeat(1400)}`, sealedKey: name.repeat(9000) },
      ...more,
    });
    const roles = async () =>
      (await listIdentities(db, laptop)).map(({ role, publicKey }) => `${role} ${publicKey.at(-1)}`);

    it("are read back as they were written", async () => {
      const expiresAt = new Date("2026-11-29T13:30:00.250Z");
      const written = [key("backup", "a"), key("restore", "b", { access: "root", user: "root", expiresAt })];
      for (const one of written) await insertIdentity(db, one);
      expect(await listIdentities(db)).toEqual(written.map((one) => ({ ...one, id: expect.any(Number) })));
    });

    it("are one of each role, also when two are written at once", async () => {
      const asked = await Promise.all(["a", "b", "c"].map((name) => insertIdentity(db, key("next", name))));
      expect(asked.filter((isIn) => isIn)).toHaveLength(1);
      expect(await insertIdentity(db, key("backup", "d"))).toBe(true);
      expect(await listIdentities(db, laptop)).toHaveLength(2);
    });

    it("change places in one step, of which a crash leaves nothing", async () => {
      await insertIdentity(db, key("backup", "a"));
      await insertIdentity(db, key("next", "b"));
      const waiting = (await listIdentities(db, laptop)).find(({ role }) => role === "next") as Identity;
      const cut = together(db, async (tx) => {
        await promoteIdentity(tx, waiting);
        throw new Error("the power is gone");
      });
      await expect(cut).rejects.toThrow("the power");
      expect(await roles()).toEqual(["backup a", "next b"]);
      expect(await together(db, (tx) => promoteIdentity(tx, waiting))).toBe(true);
      expect(await roles()).toEqual(["backup b"]);
      // It does not wait any more, and the one in use stays.
      expect(await together(db, (tx) => promoteIdentity(tx, waiting))).toBe(false);
      expect(await roles()).toEqual(["backup b"]);
    });

    it("go when their time is over, when they are revoked, and with their host", async () => {
      const expiresAt = new Date(createdAt.getTime() + 1000);
      await insertIdentity(db, key("backup", "a"));
      await insertIdentity(db, key("restore", "b", { expiresAt }));
      await deleteExpiredIdentities(db, new Date(expiresAt.getTime() - 1));
      expect(await roles()).toEqual(["backup a", "restore b"]);
      await deleteExpiredIdentities(db, expiresAt);
      expect(await roles()).toEqual(["backup a"]);
      expect(await deleteIdentities(db, laptop)).toBe(1);
      await insertIdentity(db, key("next", "c"));
      await deleteHost(db, laptop);
      expect(await listIdentities(db)).toEqual([]);
    });
  });
