// Signing in: who is let in, and what those hear who are not.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { logIn } from "../../src/actions/people/log-in.ts";
import { changeUser } from "../../src/actions/people/manage-users.ts";
import { confirmTotp, startTotp } from "../../src/actions/people/own-account.ts";
import { whoHolds } from "../../src/actions/people/who-asks.ts";
import type { TooManyAttempts } from "../../src/domain/login-throttle.ts";
import type { User } from "../../src/domain/people.ts";
import type { Problem } from "../../src/domain/problem.ts";
import { listAudit } from "../../src/store/audit.ts";
import { findCredentials } from "../../src/store/credentials.ts";
import { listSessions } from "../../src/store/sessions.ts";
import { needsRehash } from "../../src/system/passwords.ts";
import { startDatabases, type TestDatabases } from "../support/databases.ts";
import { addUser, cheapHash, codeOf, PASSWORD, type PeopleApp, peopleApp } from "../support/people.ts";

let databases: TestDatabases;
let app: PeopleApp;
let ada: User;
let bob: User;
beforeAll(async () => {
  databases = await startDatabases("sqlite");
});
afterAll(() => databases.stop());
beforeEach(async () => {
  app = peopleApp(await databases.fresh());
  ada = await addUser(app.db, "ada", "admin", cheapHash(PASSWORD));
  bob = await addUser(app.db, "bob", "operator", cheapHash(PASSWORD));
});

const HERE = { address: "192.0.2.7", userAgent: "Firefox" };
const signIn = (username: unknown, password: unknown, more: { code?: unknown; address?: string } = {}) =>
  logIn(app, { username, password, ...HERE, ...more });
const failure = async (attempt: Promise<unknown>): Promise<Problem> => {
  const problem = await attempt.then(
    () => null,
    (error: Problem) => error,
  );
  if (problem === null) throw new Error("it was let in");
  return problem;
};
const audited = async () =>
  (await listAudit(app.db, {}, { limit: 100 })).items.map(
    ({ action, actor, subject, detail }) =>
      `${action} ${subject} by ${actor.name} (${actor.kind}, ${actor.address}) ${JSON.stringify(detail)}`,
  );

describe("signing in", () => {
  it("opens a session with the right password, in any case of the name", async () => {
    const { token, csrfToken, user, expiresAt } = await signIn(" Ada ", PASSWORD);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(csrfToken).toMatch(/^[\w-]{43}$/);
    expect(csrfToken).not.toBe(token);
    expect(user).toEqual({ ...ada, lastLoginAt: app.clock() });
    expect(expiresAt.getTime() - app.clock().getTime()).toBe(12 * 3_600_000);
    const holder = await whoHolds(app, token);
    expect(holder).toMatchObject({ user, role: "admin", session: { ...HERE, csrfToken, expiresAt } });
    expect(JSON.stringify(await app.db.sql.selectFrom("sessions").selectAll().execute())).not.toContain(
      token,
    );
    expect(await audited()).toEqual(['login.succeeded ada by ada (user, 192.0.2.7) {"with":"password"}']);
  });

  it("hashes the password anew where it was hashed too cheaply", async () => {
    await signIn("ada", PASSWORD);
    expect(needsRehash((await findCredentials(app.db, "ada"))?.passwordHash ?? "")).toBe(false);
    await signIn("ada", PASSWORD);
  });

  it("says the same to all who are not let in, whatever was wrong", async () => {
    await changeUser(app, "bob", { enabled: false });
    const problems = [
      await failure(signIn("ada", "not the password", { address: "192.0.2.1" })),
      await failure(signIn("nobody", PASSWORD, { address: "192.0.2.2" })),
      await failure(signIn("bob", PASSWORD, { address: "192.0.2.3" })),
      await failure(signIn("not/a name", PASSWORD, { address: "192.0.2.4" })),
      await failure(signIn("ada", `${PASSWORD}\0`, { address: "192.0.2.5" })),
      await failure(signIn("ada", "x".repeat(2000), { address: "192.0.2.6" })),
      await failure(signIn({ toString: "ada" }, ["x"], { address: "192.0.2.7" })),
    ];
    for (const problem of problems)
      expect(problem).toMatchObject({
        ...{ code: "login_failed", message: "The username or the password is not right.", detail: null },
        hint: problems[0]?.hint,
      });
    const [, , , typedWrong, , unknown] = await audited();
    expect(unknown).toBe('login.failed nobody by null (user, 192.0.2.2) {"at":"password"}');
    // What was typed into the wrong field may be a secret.
    expect(typedWrong).toBe('login.failed ? by null (user, 192.0.2.4) {"at":"password"}');
  });

  it.each(["ada", "nobody"])(
    "as %s is looked at ever more slowly, also with the right password",
    async (name) => {
      for (let n = 0; n < 5; n += 1)
        expect((await failure(signIn(name, "wrong", { address: `192.0.2.${n}` }))).code).toBe("login_failed");
      const blocked = (await failure(signIn(name, PASSWORD, { address: "192.0.2.99" }))) as TooManyAttempts;
      expect(blocked).toMatchObject({
        ...{ code: "too_many_attempts", retryAfterSeconds: 1 },
        message: "Too many attempts failed. The next one is looked at in 1 s.",
      });
      app.pass(1);
      expect((await failure(signIn(name, "wrong", { address: "192.0.2.98" }))).code).toBe("login_failed");
      expect(await failure(signIn(name, PASSWORD))).toMatchObject({ retryAfterSeconds: 2 });
    },
  );

  it("from one address is looked at ever more slowly, whoever is tried, until somebody is let in", async () => {
    for (const name of ["one", "two", "three", "four", "five"]) await failure(signIn(name, PASSWORD));
    expect((await failure(signIn("ada", PASSWORD))).code).toBe("too_many_attempts");
    await signIn("ada", PASSWORD, { address: "192.0.2.8" });
    app.pass(1);
    await signIn("ada", PASSWORD);
    for (let n = 0; n < 4; n += 1) await failure(signIn("six", "wrong"));
    await signIn("bob", PASSWORD);
  });

  it("does not let in whoever is disabled, or got another password, while the old one is proved", async () => {
    const attempt = signIn("bob", PASSWORD);
    await changeUser(app, "bob", { enabled: false });
    const problem = await attempt.then(
      () => null,
      ({ code }: Problem) => code,
    );
    // Whichever came first: there is no session in the end.
    expect([null, "login_failed"]).toContain(problem);
    expect(await listSessions(app.db, bob.id, app.clock())).toEqual([]);
  });
});

describe("signing in with a code", () => {
  let secret = "";
  let recoveryCodes: readonly string[] = [];
  const code = () => codeOf(secret, app.clock());
  beforeEach(async () => {
    const holder = await whoHolds(app, (await signIn("ada", PASSWORD)).token);
    if (holder === null) throw new Error("Ada is not signed in");
    ({ secret } = await startTotp(app, holder));
    ({ recoveryCodes } = await confirmTotp(app, holder, code()));
    app.pass(30);
  });

  it("asks for it only after the right password", async () => {
    expect((await failure(signIn("ada", "wrong", { code: code() }))).code).toBe("login_failed");
    // Each counts, or else whoever knows the password could have wrong codes forgotten by one that is left out.
    for (const nothing of [undefined, "  ", 123_456])
      expect(await failure(signIn("ada", PASSWORD, { code: nothing, address: "192.0.2.9" }))).toMatchObject({
        ...{ code: "totp_required", message: "This account also asks for a code." },
      });
  });

  it("takes each code once, with blanks or without, and none that is wrong or old", async () => {
    const now = code();
    await signIn("ada", PASSWORD, { code: `${now.slice(0, 3)} ${now.slice(3)}` });
    const again = await failure(signIn("ada", PASSWORD, { code: now }));
    expect(again).toMatchObject({ code: "totp_required", message: expect.stringMatching(/not right/) });
    app.pass(90);
    expect((await failure(signIn("ada", PASSWORD, { code: now }))).code).toBe("totp_required");
    expect((await failure(signIn("ada", PASSWORD, { code: "000000" }))).code).toBe("totp_required");
    await signIn("ada", PASSWORD, { code: code() });
    expect(await audited()).toContain('login.failed ada by null (user, 192.0.2.7) {"at":"code"}');
  });

  it("takes each recovery code once, however it is typed, and says how many are left", async () => {
    const [first = "", second = ""] = recoveryCodes;
    await signIn("ada", PASSWORD, { code: ` ${first.toUpperCase().replace("-", " ")}` });
    expect((await failure(signIn("ada", PASSWORD, { code: first }))).code).toBe("totp_required");
    await signIn("ada", PASSWORD, { code: second });
    expect((await audited())[0]).toContain('{"with":"password and recovery code","recoveryCodesLeft":8}');
  });

  it("lets nobody guess codes, who knows the password", async () => {
    for (let n = 0; n < 5; n += 1)
      await failure(signIn("ada", PASSWORD, { code: "000000", address: `192.0.2.${n}` }));
    const blocked = await failure(signIn("ada", PASSWORD, { code: code(), address: "192.0.2.99" }));
    expect(blocked.code).toBe("too_many_attempts");
  });
});
