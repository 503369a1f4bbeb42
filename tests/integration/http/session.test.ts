// Coming in and going out over HTTP: the first account, login, the cookie, the own password, the second factor.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changeUser } from "../../../src/actions/people/manage-users.ts";
import type { Database } from "../../../src/store/database.ts";
import { type BareConsole, papers, signedBy, startBareConsole } from "../../support/bare-console.ts";
import { startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addUser, cheapHash, codeOf, PASSWORD } from "../../support/people.ts";

let databases: TestDatabases;
let db: Database;
let site: BareConsole;
beforeAll(async () => {
  databases = await startDatabases("sqlite");
});
afterAll(() => databases.stop());
beforeEach(async () => {
  db = await databases.fresh();
  site = await startBareConsole(db);
});
afterEach(() => site.close());

const ada = () => addUser(db, "ada", "admin", cheapHash(PASSWORD));
const failure = ({ status, body }: { status: number; body: { code: string; message: string } }) => ({
  ...{ status, code: body.code, message: body.message },
});
const isIn = async (cookie: string): Promise<boolean> =>
  (await site.get("/api/session", { cookie })).status === 200;

describe("the first account", () => {
  const first = { username: "ada", password: PASSWORD };
  const setUp = (code: unknown, who = first) => site.send("POST", "/api/setup", { code, ...who });

  it("is made with the code from the terminal, and its maker is signed in as an admin", async () => {
    expect((await site.get("/api/setup")).body).toEqual({ needed: true });
    const answer = await setUp(site.setupCode);
    expect([answer.status, answer.body.user]).toMatchObject([200, { username: "ada", role: "admin" }]);
    expect(await isIn(signedBy(answer).cookie)).toBe(true);
    expect((await site.get("/api/setup")).body).toEqual({ needed: false });
  });

  it.each(["", "0000-0000", null, 7, ["x"], "x".repeat(65)])("is not made with the code %j", async (code) => {
    expect((await setUp(code)).status).toBeOneOf([400, 401]);
    expect((await site.get("/api/setup")).body).toEqual({ needed: true });
  });

  it("is made once: neither the code nor a new server's makes another", async () => {
    await setUp(site.setupCode);
    const again = await setUp(site.setupCode, { username: "eve", password: PASSWORD });
    expect(failure(again)).toMatchObject({ status: 403, code: "not_allowed" });
    const restarted = await startBareConsole(db);
    expect(restarted.setupCode).toBeNull();
    await restarted.close();
  });

  it("is made by one of several who try at the same moment", async () => {
    const names = ["ada", "bob", "charlie"];
    const answers = await Promise.all(
      names.map((username) => setUp(site.setupCode, { username, password: PASSWORD })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403]);
  });

  it("needs a password that is worth the name", async () => {
    const answer = await setUp(site.setupCode, { username: "ada", password: "ada" });
    expect(failure(answer)).toMatchObject({ status: 400, code: "bad_input" });
  });
});

describe("the cookie", () => {
  it("is for this site's own requests, and no script can read it", async () => {
    await ada();
    const answer = await site.logIn("ada", PASSWORD);
    const [cookie = ""] = answer.headers.getSetCookie();
    const [pair = "", ...flags] = cookie.split("; ");
    expect(pair).toMatch(/^pobsync=[A-Za-z0-9_-]{40,}$/);
    expect(flags.sort()).toEqual(["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax"]);
    expect(JSON.stringify(answer.body)).not.toContain(signedBy(answer).cookie.slice("pobsync=".length));
  });

  it("behind https is Secure and of this very host", async () => {
    await ada();
    const safe = await startBareConsole(db, { publicUrl: new URL("https://backup.example.org/") });
    const answer = await safe.logIn("ada", PASSWORD);
    const [cookie = ""] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-pobsync=[^;]+; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect((await safe.get("/api/session", { cookie: signedBy(answer).cookie })).status).toBe(200);
    const insecure = signedBy(answer).cookie.replace("__Host-", "");
    expect((await safe.get("/api/session", { cookie: insecure })).status).toBe(401);
    await safe.close();
  });

  it("is taken away at logout, and what it was is worth nothing any more", async () => {
    await ada();
    const signed = signedBy(await site.logIn("ada", PASSWORD));
    const other = signedBy(await site.logIn("ada", PASSWORD));
    const answer = await site.send("POST", "/api/logout", {}, papers(signed));
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^pobsync=; Max-Age=0;/)]);
    expect([await isIn(signed.cookie), await isIn(other.cookie)]).toEqual([false, true]);
  });

  it("opens what GET /session tells: who it is and the token for changes", async () => {
    await ada();
    const answer = await site.logIn("ADA", PASSWORD);
    const { cookie, csrfToken } = signedBy(answer);
    const { body } = await site.get("/api/session", { cookie });
    expect(body).toMatchObject({ csrfToken, user: { username: "ada", role: "admin", totp: false } });
    expect(JSON.stringify(body)).not.toMatch(/argon2|passwordHash|totpSecret/);
  });
});

describe("login", () => {
  it("answers the same to a wrong password, an unknown name, a disabled account and a name of nobody", async () => {
    await ada();
    await addUser(db, "bob", "operator", cheapHash(PASSWORD));
    await changeUser(site.app, "bob", { enabled: false });
    const answers = [
      await site.logIn("ada", "wrong"),
      await site.logIn("eve", PASSWORD),
      await site.logIn("bob", PASSWORD),
      await site.logIn("no such name!", PASSWORD),
    ];
    const [first] = answers.map(failure);
    expect(first).toMatchObject({ status: 401, code: "login_failed" });
    expect(answers.map(failure)).toEqual(answers.map(() => first));
    expect(answers.map(({ headers }) => headers.getSetCookie())).toEqual(answers.map(() => []));
  });

  it.each(["ada", "eve"])("is slowed down for %s, whether there is such a user or not", async (username) => {
    await ada();
    const statuses = [];
    for (let n = 0; n < 6; n += 1) statuses.push((await site.logIn(username, `wrong ${n}`)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    const blocked = await site.logIn(username, PASSWORD);
    expect(failure(blocked)).toMatchObject({ status: 429, code: "too_many_attempts" });
    expect(blocked.headers.get("retry-after")).toBe("1");
  });

  it("is let in again by the right password once the time is over", async () => {
    await ada();
    for (let n = 0; n < 5; n += 1) await site.logIn("ada", `wrong ${n}`);
    expect((await site.logIn("ada", PASSWORD)).status).toBe(429);
    site.app.pass(2);
    expect((await site.logIn("ada", PASSWORD)).status).toBe(200);
    expect((await site.logIn("ada", "wrong")).status).toBe(401);
  });
});

describe("a new password", () => {
  const next = "a much longer passphrase";
  const change = (headers: Record<string, string>, current = PASSWORD) =>
    site.send("POST", "/api/session/password", { current, next }, headers);

  it("ends all other sessions; its own goes on under a new token", async () => {
    await ada();
    const own = signedBy(await site.logIn("ada", PASSWORD));
    const other = signedBy(await site.logIn("ada", PASSWORD));
    const answer = await change(papers(own));
    const renewed = signedBy(answer);
    expect(answer.status).toBe(200);
    expect([await isIn(own.cookie), await isIn(other.cookie), await isIn(renewed.cookie)]).toEqual([
      false,
      false,
      true,
    ]);
    expect((await site.logIn("ada", PASSWORD)).status).toBe(401);
    expect((await site.logIn("ada", next)).status).toBe(200);
  });

  it("takes the current one, and guessing that is slowed down as well", async () => {
    await ada();
    const signed = papers(signedBy(await site.logIn("ada", PASSWORD)));
    const statuses = [];
    for (let n = 0; n < 6; n += 1) statuses.push((await change(signed, `wrong ${n}`)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await site.logIn("ada", PASSWORD)).status).toBe(200);
  });
});

describe("a second factor", () => {
  /** Ada with codes switched on: what the app knows, and the codes for the day it is lost. */
  async function withCodes() {
    await ada();
    const signed = papers(signedBy(await site.logIn("ada", PASSWORD)));
    const { secret, uri } = (await site.send("POST", "/api/session/totp", {}, signed)).body;
    expect(uri).toContain(secret);
    const code = codeOf(secret, site.app.clock());
    const { body } = await site.send("POST", "/api/session/totp/confirm", { code }, signed);
    site.app.pass(60);
    return { secret, signed, recoveryCodes: body.recoveryCodes as string[] };
  }

  it("is asked for after the password, and each code opens once", async () => {
    const { secret } = await withCodes();
    const code = codeOf(secret, site.app.clock());
    expect(failure(await site.logIn("ada", PASSWORD))).toMatchObject({ status: 401, code: "totp_required" });
    expect((await site.logIn("ada", PASSWORD, code)).status).toBe(200);
    expect(failure(await site.logIn("ada", PASSWORD, code))).toMatchObject({ code: "totp_required" });
  });

  it("is not told of to whoever lacks the password", async () => {
    await withCodes();
    expect(failure(await site.logIn("ada", "wrong", "000000"))).toMatchObject({ code: "login_failed" });
  });

  it("is made up for by a recovery code, once", async () => {
    const { recoveryCodes } = await withCodes();
    const [code = ""] = recoveryCodes;
    expect((await site.logIn("ada", PASSWORD, code)).status).toBe(200);
    expect((await site.logIn("ada", PASSWORD, code)).status).toBe(401);
  });

  it("goes with the password alone", async () => {
    const { signed } = await withCodes();
    const stop = (password: string) => site.send("DELETE", "/api/session/totp", { password }, signed);
    expect((await stop("wrong")).status).toBe(401);
    expect((await stop(PASSWORD)).status).toBe(200);
    expect((await site.logIn("ada", PASSWORD)).status).toBe(200);
  });
});
