// Databases that go away where it hurts most, in the middle of a transaction or of opening a connection.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Database, openDatabase, openUnchecked } from "../../../src/store/database.ts";
import { migrate } from "../../../src/store/migrate.ts";
import type { Sql } from "../../../src/store/tables.ts";
import { inTransaction } from "../../../src/store/transaction.ts";
import { listWorkers } from "../../../src/store/workers.ts";
import { startMariadb, type TestMariadb } from "../../support/mariadb.ts";
import { fillUp, withSmallDisk } from "../../support/small-disk.ts";
import { waitUntil } from "../../support/wait-until.ts";

const away = { code: "database_unavailable" };
const now = new Date();

const addRow = (tx: Sql, workerId: string): Promise<unknown> =>
  tx
    .insertInto("workers")
    .values({ workerId, role: "worker", processIdentity: "", parallel: 1, startedAt: now, seenAt: now })
    .execute();

/** Leaves two rows behind, if it was committed. */
const twoRows = (db: Database, inBetween: (tx: Sql) => Promise<unknown>): Promise<void> =>
  inTransaction(db, async (tx) => {
    await addRow(tx, "before");
    await inBetween(tx);
    await addRow(tx, "after");
  });

async function migrated(url: string): Promise<Database> {
  const unchecked = await openUnchecked(url);
  await migrate(unchecked);
  await unchecked.close();
  return openDatabase(url);
}

describe("MariaDB", () => {
  let mariadb: TestMariadb;
  beforeAll(async () => {
    mariadb = await startMariadb();
  });
  afterAll(() => mariadb.stop());

  it.each([
    ["whose connection is killed", (id: number) => mariadb.sql(`kill ${id}`)],
    ["whose server is killed", () => mariadb.kill9()],
    ["whose server is restarted", () => mariadb.restart()],
  ] as const)(
    "a transaction %s says that the database is away, and leaves nothing behind",
    async (_, end) => {
      const db = await migrated(await mariadb.createDatabase());
      const lost = twoRows(db, async (tx) => {
        const { rows } = await sql<{ id: number }>`select connection_id() as id`.execute(tx);
        await end(Number(rows[0]?.id));
      });
      await expect(lost).rejects.toMatchObject(away);
      if (mariadb.pid === null) await mariadb.restart();
      expect(await waitUntil(() => listWorkers(db).catch(() => null), { what: "the database" })).toEqual([]);
      await twoRows(db, async () => {});
      expect(await listWorkers(db)).toHaveLength(2);
      await db.close();
    },
  );

  it("a connection that cannot be set up is not used, and the database is away", async () => {
    const url = new URL(await mariadb.createDatabase());
    await mariadb.sql(
      "create user rare@'127.0.0.1' identified by 'secret'; grant all on *.* to rare@'127.0.0.1' with max_queries_per_hour 1",
    );
    [url.username, url.password] = ["rare", "secret"];
    await expect(openDatabase(`${url}`)).rejects.toMatchObject(away);
  });
});

describe("SQLite", () => {
  it("a transaction that fills the disk says so, leaves nothing behind, and the next one works", async () => {
    await withSmallDisk({ megabytes: 8 }, async (disk) => {
      const db = await migrated(`sqlite:${join(disk, "db")}`);
      try {
        fillUp(join(disk, "filler"));
        const lost = twoRows(db, async (tx) => {
          for (let n = 0; n < 5000; n++) await addRow(tx, `${n} ${"x".repeat(1000)}`);
        });
        await expect(lost).rejects.toMatchObject(away);
        rmSync(join(disk, "filler"));
        expect(await listWorkers(db)).toEqual([]);
        await twoRows(db, async () => {});
        expect(await listWorkers(db)).toHaveLength(2);
      } finally {
        await db.close();
      }
    });
  });
});
