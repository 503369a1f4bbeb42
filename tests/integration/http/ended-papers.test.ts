// Papers that were good once: sessions and tokens whose time is over, or whose owner may not come in any more.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApiToken } from "../../../src/actions/people/api-tokens.ts";
import { changeUser, removeUser, setPassword } from "../../../src/actions/people/manage-users.ts";
import type { Role } from "../../../src/domain/people.ts";
import type { Database } from "../../../src/store/database.ts";
import { requireUser } from "../../../src/store/users.ts";
import { type BareConsole, papers, signedBy, startBareConsole } from "../../support/bare-console.ts";
import { startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addUser, cheapHash, PASSWORD } from "../../support/people.ts";

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
  await addUser(db, "ada", "admin", cheapHash(PASSWORD));
  await addUser(db, "bob", "operator", cheapHash(PASSWORD));
});
afterEach(() => site.close());

/** Bob's cookie and CSRF token. */
const session = async () => papers(signedBy(await site.logIn("bob", PASSWORD)));

async function token(username: string, role: Role, expiresAt: string | null = null) {
  const user = await requireUser(db, username);
  const { secret } = await createApiToken(
    site.app,
    { user, role: user.role },
    { name: "t", role, expiresAt },
  );
  return { authorization: `Bearer ${secret}` };
}

const statusOf = async (headers: Record<string, string>, path = "/api/runs"): Promise<number> =>
  (await site.get(path, headers)).status;

describe("a session", () => {
  it("ends when nobody has come by for half a day, and goes on while somebody does", async () => {
    const idle = await session();
    const busy = await session();
    for (let hours = 0; hours < 13; hours += 1) {
      site.app.pass(3600);
      expect(await statusOf(busy)).toBe(200);
    }
    expect(await statusOf(idle)).toBe(401);
  });

  it("ends after a week, however busy it is", async () => {
    const busy = await session();
    for (let hours = 0; hours < 7 * 24 - 6; hours += 6) {
      site.app.pass(6 * 3600);
      expect(await statusOf(busy)).toBe(200);
    }
    site.app.pass(6 * 3600);
    expect(await statusOf(busy)).toBe(401);
  });

  it("ends when its user is disabled, removed, or gets another password", async () => {
    for (const end of [
      () => changeUser(site.app, "bob", { enabled: false }),
      () => setPassword(site.app, "bob", "another long password"),
      () => removeUser(site.app, "bob"),
    ]) {
      await changeUser(site.app, "bob", { enabled: true });
      await setPassword(site.app, "bob", PASSWORD);
      const headers = await session();
      expect(await statusOf(headers)).toBe(200);
      await end();
      expect(await statusOf(headers)).toBe(401);
    }
  });

  it("allows from the next request on what its user's new role allows", async () => {
    await changeUser(site.app, "bob", { role: "admin" });
    const headers = await session();
    expect(await statusOf(headers, "/api/users")).toBe(200);
    await changeUser(site.app, "bob", { role: "viewer" });
    expect(await statusOf(headers, "/api/users")).toBe(403);
  });
});

describe("a token", () => {
  it("ends at its time", async () => {
    const headers = await token("bob", "operator", "1h");
    site.app.pass(3599);
    expect(await statusOf(headers)).toBe(200);
    site.app.pass(1);
    expect(await statusOf(headers)).toBe(401);
  });

  it("does not count while its owner is disabled, and not any more once removed", async () => {
    const headers = await token("bob", "operator");
    await changeUser(site.app, "bob", { enabled: false });
    expect(await statusOf(headers)).toBe(401);
    await changeUser(site.app, "bob", { enabled: true });
    expect(await statusOf(headers)).toBe(200);
    await removeUser(site.app, "bob");
    expect(await statusOf(headers)).toBe(401);
  });

  it("never does more than its owner may now", async () => {
    await changeUser(site.app, "bob", { role: "admin" });
    const headers = await token("bob", "admin");
    expect(await statusOf(headers, "/api/users")).toBe(200);
    await changeUser(site.app, "bob", { role: "viewer" });
    expect([await statusOf(headers, "/api/users"), await statusOf(headers)]).toEqual([403, 200]);
  });

  it("is revoked by its owner or an admin, and by nobody else; its secret is shown once", async () => {
    const bob = await session();
    const wish = { name: "nightly", role: "operator", expiresAt: null };
    const { status, body } = await site.send("POST", "/api/tokens", wish, bob);
    expect([status, body.token]).toMatchObject([201, { name: "nightly", username: "bob", role: "operator" }]);
    const headers = { authorization: `Bearer ${body.secret}` };
    expect(await statusOf(headers)).toBe(200);
    const listed = await site.get("/api/tokens", bob);
    expect(listed.body.items.map(({ id }: { id: number }) => id)).toEqual([body.token.id]);
    expect(JSON.stringify(listed.body)).not.toContain(body.secret);

    await addUser(db, "charlie", "viewer", cheapHash(PASSWORD));
    const charlie = papers(signedBy(await site.logIn("charlie", PASSWORD)));
    expect((await site.get("/api/tokens", charlie)).body.items).toEqual([]);
    const revoke = (who: Record<string, string>) =>
      site.send("DELETE", `/api/tokens/${body.token.id}`, undefined, who);
    expect((await revoke(charlie)).status).toBe(404);
    expect((await revoke(bob)).status).toBe(200);
    expect(await statusOf(headers)).toBe(401);
  });

  it("is not made for more than its maker may", async () => {
    const wish = { name: "t", role: "admin", expiresAt: null };
    expect((await site.send("POST", "/api/tokens", wish, await session())).status).toBe(403);
  });
});
