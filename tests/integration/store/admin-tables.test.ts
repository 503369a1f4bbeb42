// Every table a page at a time, on each database: all of it, in order, and nothing of what is secret.
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { countTables, listRows, type RowsWish } from "../../../src/store/admin-tables.ts";
import { insertApiToken } from "../../../src/store/api-tokens.ts";
import { insertAuditEntry } from "../../../src/store/audit.ts";
import type { Database } from "../../../src/store/database.ts";
import { insertSession } from "../../../src/store/sessions.ts";
import { TABLES } from "../../../src/store/tables.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { addUser, JOINED } from "../../support/people.ts";
import { addHost, beginPrune, worker } from "../../support/queue-people.ts";

for (const database of DATABASES)
  describe(`tables on ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
    });

    /** All pages, one after the other. */
    async function walk(table: string, wish: Omit<RowsWish, "after">): Promise<Record<string, unknown>[]> {
      const items: Record<string, unknown>[] = [];
      for (let after: string | undefined; ; ) {
        const page = await listRows(db, table, { ...wish, after });
        items.push(...page.items);
        if (page.next === null) return items;
        after = page.next;
      }
    }

    it("are all there, and each can be read, searched, and sorted by what it says", async () => {
      await beginPrune(db, worker("w1"));
      await addUser(db, "ada", "admin");
      const tables = await countTables(db);
      expect(tables.length).toBe(Object.keys(TABLES).length);
      expect(tables).toContainEqual({ name: "run_leases", rows: 1, more: false });
      for (const { name, rows } of tables) {
        const { columns, total } = await listRows(db, name, { limit: 5, q: "a" });
        expect(total === null || total <= rows).toBe(true);
        for (const { name: sort, sortable } of columns)
          if (sortable)
            for (const order of ["asc", "desc"] as const)
              expect((await walk(name, { sort, order, limit: 2 })).length).toBe(rows);
      }
    });

    it("show no secret, neither as a column nor within one", async () => {
      const user = await addUser(db, "ada", "admin", "the hash of a password");
      const facts = { address: null, userAgent: "a browser" };
      const session = { idHash: "hash-of-cookie", userId: user.id, csrfToken: "a-csrf-token", ...facts };
      await insertSession(db, session, JOINED);
      const token = { userId: user.id, name: "t", role: "admin", tokenHash: "hash-of-token" } as const;
      await insertApiToken(db, { ...token, expiresAt: null }, JOINED);
      await sql`update users set totp_secret = 'a-totp-secret', recovery_codes = '["a-recovery-hash"]'`.execute(
        db.sql,
      );
      const actor = { name: "ada", kind: "cli", address: null } as const;
      const detail = { password: "typed-by-mistake", url: "mariadb://ada:in-an-address@db/x" };
      await insertAuditEntry(db, {
        ...{ actor, at: JOINED, action: "x", subjectKind: "x", subject: "x" },
        detail,
      });
      const secrets =
        /the hash of a password|hash-of-cookie|a-csrf-token|hash-of-token|a-totp-secret|a-recovery-hash|typed-by-mistake|in-an-address/;
      for (const { name } of await countTables(db)) {
        const { columns, items } = await listRows(db, name, { limit: 50 });
        const names = columns.map((column) => column.name).filter((column) => column !== "passwordChangedAt");
        expect(names.filter((column) => /hash|secret|token|password|csrf|recovery/i.test(column))).toEqual(
          [],
        );
        for (const item of items) expect(Object.keys(item)).toEqual(columns.map((column) => column.name));
        expect(JSON.stringify(items)).not.toMatch(secrets);
      }
      for (const q of [
        "hash-of-cookie",
        "a-csrf-token",
        "a-totp-secret",
        "hash-of-token",
        "typed-by-mistake",
      ])
        for (const name of ["sessions", "users", "api_tokens", "audit_entries"])
          expect((await listRows(db, name, { limit: 50, q })).items).toEqual([]);
    });

    it("come in pages that make up the whole, each row once, in the order that was asked for", async () => {
      for (const name of ["nas", "laptop", "web1", "Web2", "db"]) await addHost(db, name);
      const names = async (wish: Omit<RowsWish, "after" | "limit">, limit = 2) =>
        (await walk("hosts", { ...wish, limit })).map(({ name }) => name);
      expect(await names({})).toEqual(["db", "Web2", "web1", "laptop", "nas"]);
      expect(await names({ order: "asc" })).toEqual(["nas", "laptop", "web1", "Web2", "db"]);
      expect(await names({ sort: "name" })).toEqual(["Web2", "db", "laptop", "nas", "web1"]);
      expect(await names({ sort: "transport", order: "desc" })).toEqual([
        "nas",
        "laptop",
        "web1",
        "Web2",
        "db",
      ]);
      expect(await names({ q: "WEB" })).toEqual(["Web2", "web1"]);
      expect(await names({ q: "100%" })).toEqual([]);
      expect(await names({ q: "5" })).toEqual(["db"]);
      expect(await names({ q: "web" }, 500)).toEqual(["Web2", "web1"]);
    });

    it("of many rows are counted and looked through up to a limit, and still seen to their end", async () => {
      const actor = { name: "ada", kind: "cli", address: null } as const;
      const entry = { actor, at: JOINED, subjectKind: "host", detail: {} };
      await insertAuditEntry(db, { ...entry, action: "host.created", subject: "the very first" });
      const double = sql`insert into audit_entries (at, actor, actor_kind, action, subject_kind, subject, detail)
        select at, actor, actor_kind, 'host.changed', subject_kind, 'web1', detail from audit_entries`;
      for (let n = 0; n < 14; n += 1) await double.execute(db.sql);
      const table = (await countTables(db)).find(({ name }) => name === "audit_entries");
      expect(table).toEqual({ name: "audit_entries", rows: 10_000, more: true });
      const first = await listRows(db, "audit_entries", { limit: 500 });
      expect([first.items.length, first.total, first.more]).toEqual([500, 10_000, true]);
      const whole = (await walk("audit_entries", { limit: 500 })).map(({ id }) => id);
      expect([whole.length, new Set(whole).size, whole.at(-1)]).toEqual([2 ** 14, 2 ** 14, 1]);

      // Nothing among the newest, so the first page is empty and says where to look on.
      const page = await listRows(db, "audit_entries", { limit: 50, q: "the VERY" });
      expect([page.items, page.total]).toEqual([[], null]);
      expect(page.next).not.toBeNull();
      const found = await walk("audit_entries", { limit: 50, q: "the VERY" });
      expect(found.map(({ id, subject }) => [id, subject])).toEqual([[1, "the very first"]]);
    });

    it.each([
      ["a table that is not there", "pobsync_migrations", {}, "not_found"],
      ["a name of all objects", "constructor", {}, "not_found"],
      ["a secret column", "users", { sort: "passwordHash" }, "bad_input"],
      ["the key of sessions", "sessions", { sort: "idHash" }, "bad_input"],
      ["a column that is not there", "hosts", { sort: "nothing" }, "bad_input"],
      ["a large table by anything but its number", "runs", { sort: "queuedAt" }, "bad_input"],
      ["a place that no page named", "hosts", { after: "1 or 1=1" }, "bad_input"],
    ])("refuse %s", async (_what, table, wish, code) => {
      await expect(listRows(db, table, { ...wish, limit: 5 })).rejects.toMatchObject({ code });
    });
  });
