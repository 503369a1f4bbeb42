// Who is behind a request: the holder of a session or the bearer of a token, by what they may do at that moment.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApiToken, revokeApiToken } from "../../src/actions/people/api-tokens.ts";
import { logIn } from "../../src/actions/people/log-in.ts";
import { changeUser } from "../../src/actions/people/manage-users.ts";
import { actingFor, logOut, requireCsrf, whoBears, whoHolds } from "../../src/actions/people/who-asks.ts";
import type { User } from "../../src/domain/people.ts";
import type { Problem } from "../../src/domain/problem.ts";
import { listAudit } from "../../src/store/audit.ts";
import { startDatabases, type TestDatabases } from "../support/databases.ts";
import { addUser, cheapHash, PASSWORD, type PeopleApp, peopleApp } from "../support/people.ts";

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

describe("who is behind a request", () => {
  it("is known by the session until it ends, by what the user may do by now", async () => {
    const { token, csrfToken } = await signIn("bob", PASSWORD);
    await changeUser(app, "bob", { role: "viewer" });
    const holder = await whoHolds(app, token);
    if (holder === null) throw new Error("Bob is not signed in");
    expect(holder).toMatchObject({ role: "viewer", user: { username: "bob" } });
    requireCsrf(holder, csrfToken);
    for (const given of [undefined, "", token, `${csrfToken}x`])
      expect(() => requireCsrf(holder, given)).toThrow(expect.objectContaining({ code: "csrf_failed" }));
    expect(await whoHolds(app, csrfToken)).toBeNull();
    await logOut(app, token);
    await logOut(app, token);
    expect(await whoHolds(app, token)).toBeNull();
    expect((await audited()).filter((line) => line.startsWith("session.ended"))).toHaveLength(1);
  });

  it("is somebody who came by within twelve hours, and signed in within a week", async () => {
    const { token } = await signIn("bob", PASSWORD);
    for (let n = 0; n < 16; n += 1) {
      app.pass(10 * 3600);
      expect(await whoHolds(app, token)).not.toBeNull();
    }
    app.pass(8 * 3600);
    expect(await whoHolds(app, token)).toBeNull();
    const another = await signIn("bob", PASSWORD);
    app.pass(12 * 3600);
    expect(await whoHolds(app, another.token)).toBeNull();
  });

  it("is known by a token until it expires, and may do no more than its owner may by now", async () => {
    const owner = { user: ada, role: ada.role };
    const { token, secret } = await createApiToken(app, owner, {
      name: "ci",
      role: "operator",
      expiresAt: "90d",
    });
    expect(secret).toMatch(/^pob_[\w-]{43}$/);
    const stored = await app.db.sql.selectFrom("apiTokens").selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(secret.slice(4));
    expect(await whoBears(app, secret)).toMatchObject({ role: "operator", user: { username: "ada" }, token });
    expect(await whoBears(app, secret)).toMatchObject({ token: { lastUsedAt: app.clock() } });
    for (const other of ["", "pob_", secret.slice(4), `${secret}x`])
      expect(await whoBears(app, other)).toBeNull();
    await changeUser(app, "bob", { role: "admin" });
    await changeUser(app, "ada", { role: "viewer" });
    expect(await whoBears(app, secret)).toMatchObject({ role: "viewer" });
    await changeUser(app, "ada", { enabled: false });
    expect(await whoBears(app, secret)).toBeNull();
    await changeUser(app, "ada", { enabled: true });
    app.pass(90 * 86_400 - 1);
    expect(await whoBears(app, secret)).not.toBeNull();
    app.pass(1);
    expect(await whoBears(app, secret)).toBeNull();
  });

  it("makes no token that may do more than they, and ends only their own, unless they are an admin", async () => {
    const operator = { user: bob, role: bob.role };
    const admin = { user: ada, role: ada.role };
    const refused = await failure(createApiToken(app, operator, { name: "x", role: "admin" }));
    expect(refused.code).toBe("not_allowed");
    const { token: ofBob, secret } = await createApiToken(app, operator, { name: "x", role: "viewer" });
    const { token: ofAda } = await createApiToken(app, admin, { name: "y", role: "admin" });
    expect((await failure(revokeApiToken(app, operator, ofAda.id))).code).toBe("not_found");
    expect((await failure(revokeApiToken(app, admin, ofAda.id + 7))).code).toBe("not_found");
    await revokeApiToken(app, operator, ofBob.id);
    expect(await whoBears(app, secret)).toBeNull();
    await revokeApiToken(app, admin, ofAda.id);
    expect((await audited()).map((line) => line.split(" by ")[0])).toEqual([
      ...["token.revoked y", "token.revoked x", "token.created y", "token.created x"],
    ]);
  });

  it("is named by the history and the audit in what they do", async () => {
    const holder = await whoHolds(app, (await signIn("bob", PASSWORD)).token);
    const { secret } = await createApiToken(
      app,
      { user: bob, role: bob.role },
      { name: "ci", role: "viewer" },
    );
    const bearer = await whoBears(app, secret);
    if (holder === null || bearer === null) throw new Error("Bob is not known");
    expect(actingFor(app, holder, "192.0.2.7")).toMatchObject({
      ...{ requestedBy: "bob", actor: { name: "bob", kind: "user", address: "192.0.2.7" } },
    });
    expect(actingFor(app, bearer, null)).toMatchObject({
      ...{ requestedBy: "bob", actor: { name: "bob", kind: "token", address: null } },
    });
  });
});
