// Accounts: the first one, others, and what people do with their own.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { clearStaleSignIns } from "../../src/actions/people/clear-stale.ts";
import {
  createFirstAdmin,
  isSetupCode,
  makeSetupCode,
  needsFirstAdmin,
} from "../../src/actions/people/first-admin.ts";
import { logIn, type OpenedSession } from "../../src/actions/people/log-in.ts";
import {
  changeUser,
  createUser,
  removeUser,
  resetTotp,
  setPassword,
} from "../../src/actions/people/manage-users.ts";
import { changeOwnPassword, confirmTotp, startTotp, stopTotp } from "../../src/actions/people/own-account.ts";
import { type SessionHolder, whoHolds } from "../../src/actions/people/who-asks.ts";
import type { Problem } from "../../src/domain/problem.ts";
import { listAudit } from "../../src/store/audit.ts";
import { findUser, listUsers } from "../../src/store/users.ts";
import { startDatabases, type TestDatabases } from "../support/databases.ts";
import { addUser, cheapHash, codeOf, PASSWORD, type PeopleApp, peopleApp } from "../support/people.ts";

let databases: TestDatabases;
let app: PeopleApp;
beforeAll(async () => {
  databases = await startDatabases("sqlite");
});
afterAll(() => databases.stop());
beforeEach(async () => {
  app = peopleApp(await databases.fresh());
});

const NEXT = "another horse, another battery";
const code = (problem: unknown) => (problem as Problem).code;
const signIn = (username: string, password = PASSWORD): Promise<OpenedSession> =>
  logIn(app, { username, password, address: "192.0.2.7", userAgent: "Firefox" });
async function holderOf({ token }: OpenedSession): Promise<SessionHolder> {
  const holder = await whoHolds(app, token);
  if (holder === null) throw new Error("the session is over");
  return holder;
}
const newest = async () => (await listAudit(app.db, {}, { limit: 1 })).items[0];

describe("the first account", () => {
  it("is an admin's, is made once, and by whoever knows the code", async () => {
    const setupCode = makeSetupCode();
    expect(isSetupCode(setupCode, setupCode)).toBe(true);
    expect(isSetupCode(setupCode, setupCode.toUpperCase().replaceAll("-", " "))).toBe(true);
    for (const wrong of ["", undefined, makeSetupCode()]) expect(isSetupCode(setupCode, wrong)).toBe(false);
    expect(await needsFirstAdmin(app)).toBe(true);
    expect(await createFirstAdmin(app, { username: "ada", password: "short" }).catch(code)).toBe("bad_input");
    const made = await Promise.all(
      ["ada", "bob"].map((username) => createFirstAdmin(app, { username, password: PASSWORD }).catch(code)),
    );
    expect(made.filter((one) => one === "not_allowed")).toHaveLength(1);
    expect(await listUsers(app.db)).toEqual(made.filter((one) => one !== "not_allowed"));
    expect(await needsFirstAdmin(app)).toBe(false);
    const late = createFirstAdmin(app, { username: "charlie", password: PASSWORD });
    expect(await late.catch(code)).toBe("not_allowed");
    expect(await newest()).toMatchObject({ action: "user.created", actor: { kind: "user" } });
  });
});

describe("an admin", () => {
  beforeEach(async () => {
    await addUser(app.db, "ada", "admin", cheapHash(PASSWORD));
    await addUser(app.db, "bob", "operator", cheapHash(PASSWORD));
  });

  it("makes accounts with checked names, roles and passwords", async () => {
    const wish = { username: "Charlie", password: PASSWORD, role: "viewer", displayName: " Charlie C. " };
    expect(await createUser(app, wish)).toMatchObject({
      ...{ username: "charlie", displayName: "Charlie C.", role: "viewer", enabled: true, hasTotp: false },
    });
    expect(await newest()).toMatchObject({
      ...{ action: "user.created", subject: "charlie", actor: app.actor, at: app.clock() },
      detail: { role: "viewer", displayName: "Charlie C." },
    });
    await signIn("charlie");
    expect(await createUser(app, wish).catch(code)).toBe("username_taken");
    for (const bad of [
      { username: "a b" },
      { role: "root" },
      { password: "charlie" },
      { displayName: "a\nb" },
    ])
      expect(await createUser(app, { ...wish, username: "dora", ...bad }).catch(code)).toBe("bad_input");
    expect(await listUsers(app.db)).toHaveLength(3);
  });

  it("changes only what is said, and the audit says what it was", async () => {
    expect(await changeUser(app, "BOB", { role: "viewer", displayName: "Bob" })).toMatchObject({
      ...{ role: "viewer", displayName: "Bob", enabled: true },
    });
    expect(await newest()).toMatchObject({
      ...{ action: "user.changed", subjectKind: "user", subject: "bob" },
      detail: {
        role: { before: "operator", after: "viewer" },
        displayName: { before: null, after: "Bob" },
      },
    });
    await changeUser(app, "bob", { displayName: null });
    const before = await newest();
    expect(await changeUser(app, "bob", {})).toMatchObject({ role: "viewer", displayName: null });
    expect(await newest()).toEqual(before);
    for (const bad of [{ role: "root" }, { enabled: "no" }, { displayName: 7 }])
      expect(await changeUser(app, "bob", bad).catch(code)).toBe("bad_input");
    expect(await changeUser(app, "dora", {}).catch(code)).toBe("not_found");
  });

  it("locks somebody out at once, and for good: sessions do not come back", async () => {
    const session = await signIn("bob");
    await changeUser(app, "bob", { enabled: false });
    expect(await whoHolds(app, session.token)).toBeNull();
    await changeUser(app, "bob", { enabled: true });
    expect(await whoHolds(app, session.token)).toBeNull();
    await signIn("bob");
  });

  it("sets a password, which ends all sessions and all waiting", async () => {
    const session = await signIn("bob");
    for (let n = 0; n < 5; n += 1) await signIn("bob", "wrong").catch(code);
    expect(await setPassword(app, "bob", "short").catch(code)).toBe("bad_input");
    expect(await setPassword(app, "dora", NEXT).catch(code)).toBe("not_found");
    expect(await whoHolds(app, session.token)).not.toBeNull();
    await setPassword(app, "Bob", NEXT);
    expect(await whoHolds(app, session.token)).toBeNull();
    expect(await newest()).toMatchObject({ action: "user.password_set", detail: { sessionsEnded: 1 } });
    const elsewhere = { address: "192.0.2.8", userAgent: null };
    await logIn(app, { username: "bob", password: NEXT, ...elsewhere });
    expect(await logIn(app, { username: "bob", password: PASSWORD, ...elsewhere }).catch(code)).toBe(
      "login_failed",
    );
  });

  it("removes somebody with their sessions, but never the last admin", async () => {
    const session = await signIn("bob");
    await removeUser(app, "bob");
    expect(await whoHolds(app, session.token)).toBeNull();
    expect(await findUser(app.db, "bob")).toBeNull();
    expect(await removeUser(app, "bob").catch(code)).toBe("not_found");
    const before = await newest();
    expect(before).toMatchObject({ action: "user.removed", subject: "bob" });
    expect(await removeUser(app, "ada").catch(code)).toBe("last_admin");
    expect(await changeUser(app, "ada", { role: "operator" }).catch(code)).toBe("last_admin");
    expect(await newest()).toEqual(before);
  });
});

describe("somebody who is signed in", () => {
  let opened: OpenedSession;
  let holder: SessionHolder;
  beforeEach(async () => {
    await addUser(app.db, "ada", "admin", cheapHash(PASSWORD));
    opened = await signIn("ada");
    holder = await holderOf(opened);
  });

  it("changes the password: this session goes on under a new token, all others end", async () => {
    const other = await signIn("ada");
    const change = (current: unknown, next: unknown) => changeOwnPassword(app, holder, { current, next });
    expect(await change("wrong", NEXT).catch(code)).toBe("login_failed");
    expect(await change(PASSWORD, "short").catch(code)).toBe("bad_input");
    expect(await whoHolds(app, other.token)).not.toBeNull();
    const anew = await change(PASSWORD, NEXT);
    for (const { token } of [opened, other]) expect(await whoHolds(app, token)).toBeNull();
    expect(anew.token).not.toBe(opened.token);
    expect(anew.csrfToken).not.toBe(opened.csrfToken);
    expect((await holderOf(anew)).session).toMatchObject({ address: "192.0.2.7", userAgent: "Firefox" });
    expect(await newest()).toMatchObject({
      ...{ action: "user.password_changed", subject: "ada", detail: { otherSessionsEnded: 1 } },
    });
    await signIn("ada", NEXT);
  });

  it("cannot be made to guess the password", async () => {
    for (let n = 0; n < 5; n += 1)
      expect(await stopTotp(app, holder, "wrong").catch(code)).toBe("login_failed");
    const change = changeOwnPassword(app, holder, { current: PASSWORD, next: NEXT });
    expect(await change.catch(code)).toBe("too_many_attempts");
    expect(await newest()).toMatchObject({ action: "login.failed", detail: { at: "own password" } });
    // And whoever guesses there keeps nobody out.
    await signIn("ada");
  });

  it("has codes asked for once the app has shown one, and not before", async () => {
    expect(await confirmTotp(app, holder, "123456").catch(code)).toBe("bad_input");
    const { secret, uri } = await startTotp(app, holder);
    expect(uri).toContain(`secret=${secret}`);
    await signIn("ada");
    for (const wrong of ["", "000000", null, 7])
      expect(await confirmTotp(app, holder, wrong).catch(code)).toBe("bad_input");
    const { recoveryCodes } = await confirmTotp(app, holder, ` ${codeOf(secret, app.clock())}`);
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(await findUser(app.db, "ada")).toMatchObject({ hasTotp: true });
    expect(JSON.stringify(await listAudit(app.db, {}, { limit: 9 }))).not.toContain(secret);
    expect(await signIn("ada").catch(code)).toBe("totp_required");
    expect(await startTotp(app, holder).catch(code)).toBe("bad_input");
    expect(await confirmTotp(app, holder, codeOf(secret, app.clock())).catch(code)).toBe("bad_input");
  });

  it("stops the codes with the password; an admin does it for whoever lost the phone", async () => {
    const begin = async () => {
      const { secret } = await startTotp(app, holder);
      await confirmTotp(app, holder, codeOf(secret, app.clock()));
    };
    await begin();
    expect(await stopTotp(app, holder, "wrong").catch(code)).toBe("login_failed");
    await stopTotp(app, holder, PASSWORD);
    await signIn("ada");
    await begin();
    expect(await resetTotp(app, "ada")).toMatchObject({ hasTotp: false });
    await signIn("ada");
    const { items } = await listAudit(app.db, { subject: "ada" }, { limit: 20 });
    expect(items.map(({ action }) => action).filter((action) => action.includes("totp"))).toEqual([
      ...["user.totp_reset", "user.totp_confirmed", "user.totp_stopped", "user.totp_confirmed"],
    ]);
  });

  it("leaves nothing behind once it is long over", async () => {
    await signIn("nobody").catch(code);
    app.pass(12 * 3600 - 1);
    await clearStaleSignIns(app);
    const count = async (table: "sessions" | "loginThrottles") =>
      (await app.db.sql.selectFrom(table).selectAll().execute()).length;
    expect([await count("sessions"), await count("loginThrottles")]).toEqual([1, 2]);
    app.pass(13 * 3600);
    await clearStaleSignIns(app);
    expect([await count("sessions"), await count("loginThrottles")]).toEqual([0, 0]);
  });
});
