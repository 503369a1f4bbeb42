// The audit in SQL: what was written is read as it was, newest first, page by page.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "../../../src/domain/audit.ts";
import {
  type AuditFilter,
  insertAuditEntry,
  listAudit,
  type NewAuditEntry,
} from "../../../src/store/audit.ts";
import type { Database } from "../../../src/store/database.ts";
import { together } from "../../../src/store/transaction.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { JOINED } from "../../support/people.ts";

const ada: Actor = { name: "ada", kind: "user", address: "2001:db8::1" };
const root: Actor = { name: null, kind: "cli", address: null };
const later = (minutes: number): Date => new Date(JOINED.getTime() + minutes * 60_000);

const entry = (more: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  ...{ at: JOINED, actor: ada, action: "host.changed", subjectKind: "host", subject: "web1" },
  ...{ detail: { address: { before: "a", after: "b 🦀" }, list: [1, null] } },
  ...more,
});

for (const database of DATABASES)
  describe(`the audit in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
    });

    const subjects = async (filter: AuditFilter) =>
      (await listAudit(db, filter, { limit: 100 })).items.map(({ subject }) => subject);

    it("holds what was written, and cuts names that are longer than its columns", async () => {
      await insertAuditEntry(db, entry());
      const long = { name: "é🦀".repeat(200), kind: "token", address: "x".repeat(100) } as const;
      await insertAuditEntry(db, entry({ actor: long, subject: "y".repeat(300), detail: {} }));
      await insertAuditEntry(db, entry({ actor: root, subject: "a lone \ud800" }));
      const [third, second, first] = (await listAudit(db, {}, { limit: 10 })).items;
      expect(first).toEqual({ id: first?.id, ...entry() });
      expect(second).toMatchObject({ subject: "y".repeat(255), detail: {} });
      expect(second?.actor).toEqual({ name: "é🦀".repeat(95), kind: "token", address: "x".repeat(64) });
      expect(third).toMatchObject({ actor: root, subject: "a lone \ufffd" });
    });

    it("is written with the change that it tells of, or not at all", async () => {
      const failing = together(db, async (tx) => {
        await insertAuditEntry(tx, entry());
        throw new Error("the change failed");
      });
      await expect(failing).rejects.toThrow("the change failed");
      expect(await subjects({})).toEqual([]);
      await together(db, (tx) => insertAuditEntry(tx, entry()));
      expect(await subjects({})).toEqual(["web1"]);
    });

    it("is filtered by who, what, to what and when", async () => {
      await insertAuditEntry(db, entry({ subject: "one" }));
      await insertAuditEntry(db, entry({ subject: "two", actor: { ...ada, name: "bob" }, at: later(1) }));
      await insertAuditEntry(db, entry({ subject: "three", action: "host.created", at: later(2) }));
      await insertAuditEntry(db, entry({ subject: "three", subjectKind: "user", at: later(3) }));
      expect(await subjects({})).toEqual(["three", "three", "two", "one"]);
      expect(await subjects({ actor: "bob" })).toEqual(["two"]);
      expect(await subjects({ action: "host.created" })).toEqual(["three"]);
      expect(await subjects({ subjectKind: "host" })).toEqual(["three", "two", "one"]);
      expect(await subjects({ subjectKind: "user", subject: "three" })).toEqual(["three"]);
      expect(await subjects({ since: later(1), until: later(3) })).toEqual(["three", "two"]);
      expect(await subjects({ actor: "ada", since: later(3) })).toEqual(["three"]);
      expect(await subjects({ actor: "ADA" })).toEqual([]);
    });

    it("is read page by page, newest first, and nothing comes twice when something is added meanwhile", async () => {
      for (let n = 1; n <= 7; n += 1) await insertAuditEntry(db, entry({ subject: `${n}` }));
      const first = await listAudit(db, {}, { limit: 3 });
      await insertAuditEntry(db, entry({ subject: "8" }));
      const second = await listAudit(db, {}, { limit: 3, before: first.next ?? undefined });
      const third = await listAudit(db, {}, { limit: 3, before: second.next ?? undefined });
      const pages = [first, second, third];
      expect(pages.map(({ items }) => items.map(({ subject }) => subject).join(""))).toEqual([
        "765",
        "432",
        "1",
      ]);
      expect(pages.map(({ next }) => next === null)).toEqual([false, false, true]);
    });
  });
