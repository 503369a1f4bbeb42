// Sessions, tokens and failed attempts in SQL: each look is one read, and using something writes at most once a minute.
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { User } from "../../../src/domain/people.ts";
import {
  deleteApiToken,
  findApiToken,
  findBearer,
  insertApiToken,
  listApiTokens,
  noteUse,
} from "../../../src/store/api-tokens.ts";
import type { Database } from "../../../src/store/database.ts";
import { countAttempt, deleteStaleThrottles, forgiveAttempts } from "../../../src/store/login-throttles.ts";
import {
  deleteEndedSessions,
  deleteSession,
  deleteSessionsOf,
  findSession,
  insertSession,
  listSessions,
  renewSession,
  trimSessions,
} from "../../../src/store/sessions.ts";
import { together } from "../../../src/store/transaction.ts";
import { deleteUser, updateUser } from "../../../src/store/users.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addUser, JOINED } from "../../support/people.ts";
import { race } from "../../support/rivals.ts";

const program = fileURLToPath(new URL("../../support/people-rival.ts", import.meta.url));
const later = (seconds: number): Date => new Date(JOINED.getTime() + seconds * 1000);
const HOUR = 3600;

for (const database of DATABASES)
  describe(`in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    let ada: User;
    let bob: User;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
      ada = await addUser(db, "ada", "admin");
      bob = await addUser(db, "bob", "operator");
    });
    const disable = (user: User) =>
      together(db, (tx) => updateUser(tx, user, { ...user, enabled: false }, JOINED));

    describe("a session", () => {
      const facts = { csrfToken: "csrf", address: "192.0.2.7", userAgent: "Firefox 🦊" };
      const open = (idHash: string, { id }: User = bob, now = JOINED) =>
        insertSession(db, { idHash, userId: id, ...facts }, now);

      it("is found with its user until it ends, and by nothing else", async () => {
        expect(await open("one")).toEqual(later(12 * HOUR));
        expect(await findSession(db, "one", later(12 * HOUR - 0.001))).toEqual({
          session: {
            ...{ idHash: "one", csrfToken: "csrf", address: "192.0.2.7", userAgent: "Firefox 🦊" },
            ...{ createdAt: JOINED, seenAt: JOINED, expiresAt: later(12 * HOUR) },
          },
          user: bob,
        });
        expect(await findSession(db, "one", later(12 * HOUR))).toBeNull();
        for (const other of ["", "two", "ONE", "one "])
          expect(await findSession(db, other, JOINED)).toBeNull();
        await disable(bob);
        expect(await findSession(db, "one", JOINED)).toBeNull();
      });

      it("goes on while somebody comes by, is written at most once a minute, and ends after a week", async () => {
        await open("one");
        const comeBy = async (seconds: number) => {
          const held = await findSession(db, "one", later(seconds));
          if (held === null) throw new Error("it is over");
          return renewSession(db, held.session, later(seconds));
        };
        expect(await comeBy(59)).toEqual(later(12 * HOUR));
        expect((await findSession(db, "one", later(59)))?.session.seenAt).toEqual(JOINED);
        expect(await comeBy(60)).toEqual(later(12 * HOUR + 60));
        expect((await findSession(db, "one", later(61)))?.session).toMatchObject({
          ...{ seenAt: later(60), expiresAt: later(12 * HOUR + 60), createdAt: JOINED },
        });
        for (let hour = 10; hour < 7 * 24; hour += 10) await comeBy(hour * HOUR);
        expect((await findSession(db, "one", later(165 * HOUR)))?.session.expiresAt).toEqual(
          later(168 * HOUR),
        );
        await expect(comeBy(168 * HOUR)).rejects.toThrow("it is over");
      });

      it("is renewed by one of two who look at the same moment", async () => {
        await open("one");
        const held = await findSession(db, "one", later(100));
        if (held === null) throw new Error("it is over");
        await renewSession(db, held.session, later(200));
        await renewSession(db, held.session, later(100));
        expect((await findSession(db, "one", later(200)))?.session.seenAt).toEqual(later(200));
      });

      it("ends by itself, with all of its user's, with the user, or when its time is over", async () => {
        for (const idHash of ["one", "two"]) await open(idHash);
        await open("three", ada, later(HOUR));
        expect(await deleteSession(db, "one")).toBe(true);
        expect(await deleteSession(db, "one")).toBe(false);
        await open("four", bob, later(60));
        expect((await listSessions(db, bob.id, later(60))).map(({ idHash }) => idHash)).toEqual([
          "four",
          "two",
        ]);
        expect(await listSessions(db, bob.id, later(12 * HOUR))).toMatchObject([{ idHash: "four" }]);
        await deleteEndedSessions(db, later(12 * HOUR));
        expect(await deleteSessionsOf(db, bob.id)).toBe(1);
        await open("five");
        await together(db, (tx) => deleteUser(tx, bob));
        expect(await findSession(db, "five", JOINED)).toBeNull();
        expect(await listSessions(db, ada.id, later(HOUR))).toMatchObject([{ idHash: "three" }]);
      });

      it("that was used long ago makes room for new ones beyond fifty", async () => {
        for (let n = 0; n < 53; n += 1) await open(`session ${n}`, bob, later(n));
        await open("of ada", ada);
        await trimSessions(db, bob.id);
        const left = (await listSessions(db, bob.id, JOINED)).map(({ idHash }) => idHash);
        expect([left.length, left[0], left.at(-1)]).toEqual([50, "session 52", "session 3"]);
        expect(await listSessions(db, ada.id, JOINED)).toHaveLength(1);
      });
    });

    describe("a token", () => {
      const make = (tokenHash: string, expiresAt: Date | null = null, user = bob) =>
        insertApiToken(
          db,
          { userId: user.id, name: "nightly 🌙", tokenHash, role: "viewer", expiresAt },
          JOINED,
        );

      it("is found with its owner until it ends, and by nothing else", async () => {
        const id = await make("one", later(HOUR));
        const token = {
          ...{ id, username: "bob", name: "nightly 🌙", role: "viewer", createdAt: JOINED },
          ...{ expiresAt: later(HOUR), lastUsedAt: null },
        };
        expect(await findBearer(db, "one", later(HOUR - 1))).toEqual({ token, user: bob });
        expect(await findApiToken(db, id)).toEqual(token);
        expect(await findBearer(db, "one", later(HOUR))).toBeNull();
        for (const other of ["", "two", "ONE", "one "])
          expect(await findBearer(db, other, JOINED)).toBeNull();
        await make("for ever");
        expect(await findBearer(db, "for ever", later(1e9))).toMatchObject({ token: { expiresAt: null } });
        await disable(bob);
        expect(await findBearer(db, "for ever", JOINED)).toBeNull();
        expect(await findApiToken(db, id + 7)).toBeNull();
      });

      it("notes that it was used at most once a minute", async () => {
        await make("one");
        const use = async (seconds: number) => {
          const found = await findBearer(db, "one", later(seconds));
          if (found === null) throw new Error("it is gone");
          await noteUse(db, found.token, later(seconds));
          return (await findBearer(db, "one", JOINED))?.token.lastUsedAt;
        };
        expect(await use(5)).toEqual(later(5));
        expect(await use(64)).toEqual(later(5));
        expect(await use(65)).toEqual(later(65));
      });

      it("is listed newest first, also when it has expired, and goes by itself or with its owner", async () => {
        const [first, second, third] = [
          await make("one"),
          await make("two", JOINED),
          await make("3", null, ada),
        ];
        expect((await listApiTokens(db)).map(({ id }) => id)).toEqual([third, second, first]);
        expect((await listApiTokens(db, bob.id)).map(({ id }) => id)).toEqual([second, first]);
        expect(JSON.stringify(await listApiTokens(db))).not.toMatch(/one|two/);
        expect(await deleteApiToken(db, first)).toBe(true);
        expect(await deleteApiToken(db, first)).toBe(false);
        await together(db, (tx) => deleteUser(tx, bob));
        expect((await listApiTokens(db)).map(({ id }) => id)).toEqual([third]);
      });
    });

    describe("an attempt", () => {
      const attempt = (seconds: number, ...keys: string[]) => countAttempt(db, keys, later(seconds));

      it("is looked at four times, then after a wait that grows; one that was not looked at does not count", async () => {
        for (const _ of "12345") expect(await attempt(0, "ada")).toBe(0);
        for (const _ of "12345") expect(await attempt(0, "ada")).toBe(1);
        expect(await attempt(1, "ada")).toBe(0);
        expect(await attempt(1, "ada")).toBe(2);
        expect(await attempt(1, "bob")).toBe(0);
        await forgiveAttempts(db, ["ada", "bob"]);
        for (const _ of "12345") expect(await attempt(1, "ada")).toBe(0);
      });

      it("under several keys is looked at only where none is blocked, and counts for all or for none", async () => {
        for (const _ of "12345") expect(await attempt(0, "ada", "here")).toBe(0);
        for (const _ of "12345") expect(await attempt(0, "bob", "here")).toBe(1);
        for (const _ of "12345") expect(await attempt(0, "bob")).toBe(0);
        expect(await attempt(0, "bob", "there")).toBe(1);
        expect(await attempt(0, "there")).toBe(0);
      });

      it("counts however many are made at the same moment", async () => {
        const answers = await Promise.all(Array.from({ length: 40 }, () => attempt(0, "ada")));
        expect(answers.filter((seconds) => seconds === 0)).toHaveLength(5);
      });

      it("counts also when it is made by several processes", async () => {
        const { url } = await databases.freshAt();
        const order = ["guess", "user:ada", url, "8"];
        const looked = await race<number>([order, order, order], program);
        expect(looked.reduce((sum, count) => sum + count)).toBe(5);
      });

      it("is forgotten after a day without another", async () => {
        for (const _ of "12345") await attempt(0, "ada");
        await attempt(60, "bob");
        await deleteStaleThrottles(db, later(24 * HOUR + 1));
        const left = await db.sql.selectFrom("loginThrottles").selectAll().execute();
        expect(left).toEqual([
          { key: "bob", failures: 1, firstFailureAt: later(60), blockedUntil: null, updatedAt: later(60) },
        ]);
      });
    });
  });
