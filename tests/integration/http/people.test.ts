// People over HTTP: accounts, the audit, and the tables behind the pages.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startConsole, type TestConsole } from "../../support/console.ts";

let site: TestConsole;
beforeAll(async () => {
  site = await startConsole();
});
afterAll(() => site.close());

const password = "a ship in the night";
type Named = { username: string };
const names = ({ body }: { body: { items: Named[] } }) => body.items.map(({ username }) => username);

describe("accounts", () => {
  it("are made, changed, and removed by whoever types the name once more", async () => {
    const wish = { username: "Grace", password, role: "viewer", displayName: "Grace Hopper" };
    const made = await site.request("admin", "POST", "/api/users", wish);
    expect([made.status, made.body]).toMatchObject([
      201,
      { username: "grace", role: "viewer", enabled: true },
    ]);
    expect(JSON.stringify(made.body)).not.toMatch(/argon2|hash|ship/i);
    const again = await site.request("admin", "POST", "/api/users", wish);
    expect([again.status, again.body.code]).toEqual([409, "username_taken"]);

    const changes = { role: "operator", displayName: null };
    const changed = await site.request("admin", "PATCH", "/api/users/grace", changes);
    expect(changed.body).toMatchObject({ role: "operator", displayName: null, enabled: true });

    const unsure = await site.request("admin", "DELETE", "/api/users/grace", { confirm: "grac" });
    expect([unsure.status, unsure.body.code, unsure.body.hint]).toEqual([
      409,
      "confirmation_needed",
      expect.stringContaining("type its name: grace"),
    ]);
    const removed = await site.request("admin", "DELETE", "/api/users/grace", { confirm: "grace" });
    expect([removed.status, removed.body]).toEqual([200, { done: true }]);
    expect((await site.request("admin", "PATCH", "/api/users/grace", changes)).status).toBe(404);
  });

  it.each([
    ["a weak password", { username: "eve", password: "eve", role: "viewer" }],
    ["a name that is an option", { username: "--eve", password, role: "viewer" }],
    ["a role that there is not", { username: "eve", password, role: "root" }],
    ["more than was asked for", { username: "eve", password, role: "viewer", isAdmin: true }],
    ["a display name of two lines", { username: "eve", password, role: "viewer", displayName: "a\nb" }],
  ])("are not made with %s", async (_what, wish) => {
    const { status, body } = await site.request("admin", "POST", "/api/users", wish);
    expect([status, body.code]).toEqual([400, "bad_input"]);
    expect(body.hint).not.toContain("--help");
  });

  it("always leave an admin who can sign in", async () => {
    for (const changes of [{ enabled: false }, { role: "viewer" }]) {
      const { status, body } = await site.request("admin", "PATCH", "/api/users/admin", changes);
      expect([status, body.code]).toEqual([409, "last_admin"]);
    }
    const { status } = await site.request("admin", "DELETE", "/api/users/admin", { confirm: "admin" });
    expect(status).toBe(409);
  });

  it("are listed a page at a time, and filtered here and not in the browser", async () => {
    const all = await site.request("admin", "GET", "/api/users");
    expect(names(all)).toEqual(["admin", "operator", "viewer"]);
    const first = await site.request("admin", "GET", "/api/users?limit=2");
    expect([names(first), first.body.next]).toEqual([["admin", "operator"], "operator"]);
    const second = await site.request("admin", "GET", `/api/users?limit=2&after=${first.body.next}`);
    expect([names(second), second.body.next]).toEqual([["viewer"], null]);
    expect(names(await site.request("admin", "GET", "/api/users?q=OPER"))).toEqual(["operator"]);
    expect(names(await site.request("admin", "GET", "/api/users?role=viewer"))).toEqual(["viewer"]);
    expect(names(await site.request("admin", "GET", "/api/users?enabled=false"))).toEqual([]);
  });
});

describe("the audit", () => {
  it("says who did what, from where, and can be asked for a part of it", async () => {
    await site.request("admin", "PATCH", "/api/users/viewer", { displayName: "Vera" });
    const { body } = await site.request("admin", "GET", "/api/audit?action=user.changed&subject=viewer");
    expect(body.items).toMatchObject([
      {
        actor: { name: "admin", kind: "user", address: "127.0.0.1" },
        ...{ action: "user.changed", subjectKind: "user", subject: "viewer" },
        detail: { displayName: { before: null, after: "Vera" } },
      },
    ]);
    const later = "/api/audit?since=9999-01-01T00:00:00Z";
    expect((await site.request("admin", "GET", later)).body.items).toEqual([]);
    const earlier = "/api/audit?until=2000-01-01T00:00:00.5Z";
    expect((await site.request("admin", "GET", earlier)).body.items).toEqual([]);
    expect((await site.request("admin", "GET", "/api/audit?since=yesterday")).status).toBe(400);
  });

  it("comes newest first, in pages that make up the whole", async () => {
    const ids: number[] = [];
    for (let after = ""; ; ) {
      const { body } = await site.request("admin", "GET", `/api/audit?limit=2${after}`);
      ids.push(...body.items.map(({ id }: { id: number }) => id));
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(ids.length).toBeGreaterThan(4);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));
  });
});

describe("the tables", () => {
  it("are listed with how many rows they have, and shown in plain data", async () => {
    const { body } = await site.request("admin", "GET", "/api/admin/tables");
    expect(body.items).toContainEqual({ name: "users", rows: 3, more: false });
    const users = await site.request(
      "admin",
      "GET",
      "/api/admin/tables/users?sort=username&order=desc&limit=1",
    );
    expect(users.body).toMatchObject({
      items: [{ username: "viewer", role: "viewer", enabled: true, createdAt: expect.stringMatching(/Z$/) }],
      ...{ next: "1", total: 3, more: false },
    });
    const names = users.body.columns.map(({ name }: { name: string }) => name);
    expect(names).toContain("lastLoginAt");
    expect(names).not.toContain("passwordHash");
  });

  it("that are not there are not found", async () => {
    const { status, body } = await site.request("admin", "GET", "/api/admin/tables/sqlite_master");
    expect([status, body.code, body.hint]).toEqual([
      404,
      "not_found",
      expect.stringContaining("/api/admin/tables"),
    ]);
  });
});
