// Users in SQL: what is shown of them holds no secret, and there is always an admin left, whoever acts at the same moment.
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Role } from "../../../src/domain/people.ts";
import type { Problem } from "../../../src/domain/problem.ts";
import {
  clearTotp,
  confirmTotp,
  findCredentials,
  noteLogin,
  proposeTotp,
  savePassword,
  saveRehashed,
  takeRecoveryCode,
  takeTotpStep,
} from "../../../src/store/credentials.ts";
import type { Database } from "../../../src/store/database.ts";
import { together } from "../../../src/store/transaction.ts";
import {
  deleteUser,
  findUser,
  hasUsers,
  insertFirstUser,
  insertUser,
  listUsers,
  requireUser,
  updateUser,
} from "../../../src/store/users.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addUser, JOINED, newUser } from "../../support/people.ts";
import { race } from "../../support/rivals.ts";

const program = fileURLToPath(new URL("../../support/people-rival.ts", import.meta.url));
const rivals = <Result>(...orders: string[][]) => race<Result>(orders, program);

const later = new Date("2026-11-24T08:00:00.125Z");
const code = (problem: unknown) => (problem as Problem).code;

for (const database of DATABASES)
  describe(`users in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    let url = "";
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      ({ db, url } = await databases.freshAt());
    });

    const change = async (username: string, facts: { role?: Role; enabled?: boolean }) =>
      together(db, async (tx) => {
        const user = await requireUser(tx, username);
        await updateUser(tx, user, { ...user, ...facts }, later);
      });
    const remove = (username: string) =>
      together(db, async (tx) => deleteUser(tx, await requireUser(tx, username)));
    const credentials = async (username: string) => {
      const found = await findCredentials(db, username);
      if (found === null) throw new Error(`there is no ${username}`);
      return found;
    };

    it("are listed by name, and without anything that proves who they are", async () => {
      expect(await hasUsers(db)).toBe(false);
      await addUser(db, "bob", "operator");
      const ada = await insertUser(db, { ...newUser("ada", "admin"), displayName: "Ada 🦀" }, JOINED);
      expect(await hasUsers(db)).toBe(true);
      expect(ada).toEqual({
        ...{ id: ada.id, username: "ada", displayName: "Ada 🦀", role: "admin", enabled: true },
        ...{ hasTotp: false, createdAt: JOINED, lastLoginAt: null, passwordChangedAt: JOINED },
      });
      const users = await listUsers(db);
      expect(users.map(({ username }) => username)).toEqual(["ada", "bob"]);
      expect(await findUser(db, "ada")).toEqual(users[0]);
      expect(JSON.stringify(users)).not.toContain("hash of");
    });

    it("have names of their own, and are asked for in any case", async () => {
      await addUser(db, "ada", "viewer");
      expect(await insertUser(db, newUser("ada", "admin"), later).catch(code)).toBe("username_taken");
      expect(await requireUser(db, "ADA")).toMatchObject({ role: "viewer" });
      expect(await findUser(db, "bob")).toBeNull();
      expect(await requireUser(db, "bob").catch(code)).toBe("not_found");
    });

    it("change, and never without somebody who can administer", async () => {
      await addUser(db, "ada", "admin");
      await addUser(db, "bob", "operator");
      for (const facts of [{ role: "viewer" }, { enabled: false }] as const)
        expect(await change("ada", facts).catch(code)).toBe("last_admin");
      expect(await remove("ada").catch(code)).toBe("last_admin");
      await addUser(db, "charlie", "admin");
      await change("charlie", { enabled: false });
      // One who cannot sign in is none.
      expect(await change("ada", { role: "viewer" }).catch(code)).toBe("last_admin");
      await change("charlie", { enabled: true });
      await change("ada", { role: "viewer" });
      expect(await remove("charlie").catch(code)).toBe("last_admin");
      await change("bob", { role: "admin" });
      await remove("charlie");
      expect((await listUsers(db)).map(({ username, role }) => `${username} ${role}`)).toEqual([
        "ada viewer",
        "bob admin",
      ]);
    });

    it("are not changed by somebody who saw something else", async () => {
      const seen = await addUser(db, "bob", "operator");
      await change("bob", { role: "viewer" });
      const decided = together(db, (tx) => updateUser(tx, seen, { ...seen, role: "admin" }, later));
      expect(await decided.catch(code)).toBe("bad_input");
      expect(await together(db, (tx) => deleteUser(tx, seen)).catch(code)).toBe("bad_input");
      expect(await requireUser(db, "bob")).toMatchObject({ role: "viewer" });
    });

    const several = () => Promise.all(Array.from({ length: 6 }, () => databases.freshAt()));

    it("keep one admin of two who are demoted, disabled or removed by two processes at once", async () => {
      const places = await several();
      for (const { db: place } of places)
        for (const name of ["ada", "bob"]) await addUser(place, name, "admin");
      const urls = places.map((place) => place.url);
      const [byAda = [], byBob = []] = await rivals<string[]>(
        ["lose-admin", "ada", ...urls],
        ["lose-admin", "bob", ...urls],
      );
      expect(byAda.map((answer, index) => [answer, byBob[index]].sort())).toEqual(
        places.map(() => ["done", "last_admin"]),
      );
      for (const { db: place } of places) {
        const admins = (await listUsers(place)).filter(({ role, enabled }) => role === "admin" && enabled);
        expect(admins).toHaveLength(1);
      }
    });

    it("have one first admin, however many processes make one at once", async () => {
      const places = await several();
      const urls = places.map((place) => place.url);
      const answers = await rivals<boolean[]>(
        ...["ada", "bob", "charlie"].map((name) => ["first", name, ...urls]),
      );
      for (const [index, { db: place }] of places.entries()) {
        expect(answers.filter((won) => won[index] === true)).toHaveLength(1);
        expect(await listUsers(place)).toMatchObject([{ role: "admin", enabled: true }]);
      }
    });

    it("are the first only where there is none", async () => {
      await addUser(db, "bob", "viewer");
      expect(await together(db, (tx) => insertFirstUser(tx, newUser("ada", "admin"), JOINED))).toBeNull();
      expect(await listUsers(db)).toHaveLength(1);
    });

    it("note a login only of who proved the password that they have now, and may sign in", async () => {
      await addUser(db, "ada", "admin");
      await addUser(db, "bob", "operator");
      const seen = await credentials("bob");
      expect(await noteLogin(db, seen, later)).toBe(true);
      expect(await findUser(db, "bob")).toMatchObject({ lastLoginAt: later });
      await saveRehashed(db, seen.user.id, "another", "not this");
      await saveRehashed(db, seen.user.id, seen.passwordHash, "made anew");
      const rehashed = await credentials("bob");
      expect(rehashed).toMatchObject({ passwordHash: "made anew", user: { passwordChangedAt: JOINED } });
      expect(await noteLogin(db, seen, later)).toBe(false);
      await change("bob", { enabled: false });
      expect(await noteLogin(db, rehashed, later)).toBe(false);
      await savePassword(db, seen.user.id, "hash of another", later);
      expect(await credentials("bob")).toMatchObject({
        passwordHash: "hash of another",
        user: { passwordChangedAt: later },
      });
    });

    it("confirm the secret that they were shown last, once, and can do without it again", async () => {
      const { id } = await addUser(db, "ada", "admin");
      const proof = { step: 7, recoveryCodes: ["one", "two"], now: later };
      expect(await confirmTotp(db, id, "FIRST", proof)).toBe(false);
      expect(await proposeTotp(db, id, "FIRST")).toBe(true);
      expect(await proposeTotp(db, id, "SECOND")).toBe(true);
      expect(await credentials("ada")).toMatchObject({ totpSecret: "SECOND", user: { hasTotp: false } });
      expect(await takeTotpStep(db, id, "SECOND", 8)).toBe(false);
      expect(await confirmTotp(db, id, "FIRST", proof)).toBe(false);
      expect(await confirmTotp(db, id, "SECOND", proof)).toBe(true);
      expect(await confirmTotp(db, id, "SECOND", proof)).toBe(false);
      expect(await proposeTotp(db, id, "THIRD")).toBe(false);
      expect(await credentials("ada")).toMatchObject({
        ...{ totpSecret: "SECOND", recoveryCodes: ["one", "two"], user: { hasTotp: true } },
      });
      await clearTotp(db, id, later);
      expect(await credentials("ada")).toMatchObject({
        ...{ totpSecret: null, recoveryCodes: [], user: { hasTotp: false } },
      });
      expect(await proposeTotp(db, id, "THIRD")).toBe(true);
    });

    describe("with a code app", () => {
      let id = 0;
      beforeEach(async () => {
        ({ id } = await addUser(db, "ada", "admin"));
        await proposeTotp(db, id, "SECRET");
        await confirmTotp(db, id, "SECRET", { step: 7, recoveryCodes: ["one", "two"], now: later });
      });

      it("use no time step twice, and none that is older than one that was used", async () => {
        expect(await takeTotpStep(db, id, "SECRET", 7)).toBe(false);
        expect(await takeTotpStep(db, id, "SECRET", 9)).toBe(true);
        for (const step of [7, 8, 9]) expect(await takeTotpStep(db, id, "SECRET", step)).toBe(false);
        expect(await takeTotpStep(db, id, "ANOTHER", 10)).toBe(false);
        expect(await takeTotpStep(db, id, "SECRET", 10)).toBe(true);
      });

      it("use each recovery code once", async () => {
        expect(await takeRecoveryCode(db, await credentials("ada"), "three")).toBe(false);
        expect(await takeRecoveryCode(db, await credentials("ada"), "one")).toBe(true);
        expect(await takeRecoveryCode(db, await credentials("ada"), "one")).toBe(false);
        expect((await credentials("ada")).recoveryCodes).toEqual(["two"]);
        expect(await takeRecoveryCode(db, await credentials("ada"), "two")).toBe(true);
        expect((await credentials("ada")).recoveryCodes).toEqual([]);
      });

      it("let one of two processes through that use the same step, or the same recovery code, at once", async () => {
        const codes = Array.from({ length: 12 }, (_, index) => `code ${index}`);
        await clearTotp(db, id, later);
        await proposeTotp(db, id, "SECRET");
        await confirmTotp(db, id, "SECRET", { step: 100, recoveryCodes: codes, now: later });
        const order = ["prove", "ada", url, "SECRET", "101", ...codes];
        const answers = await rivals<{ steps: boolean[]; codes: boolean[] }>(order, order);
        for (const what of ["steps", "codes"] as const) {
          const [one = [], other = []] = answers.map((answer) => answer[what]);
          expect(one.map((won, index) => Number(won) + Number(other[index]))).toEqual(codes.map(() => 1));
        }
        expect((await credentials("ada")).recoveryCodes).toEqual([]);
      });
    });
  });
