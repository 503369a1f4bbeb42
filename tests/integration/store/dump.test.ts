// A dump: everything that lasts, as it is, from one database into the other and back.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dumpChunks } from "../../../src/actions/dump-data.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { DUMPED } from "../../../src/store/dump-tables.ts";
import { MIGRATION_NAMES } from "../../../src/store/migrations.ts";
import { TABLES } from "../../../src/store/tables.ts";
import { DATABASES, type DatabaseName, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { dumpAt, dumpOf, linesOfDump, loadText } from "../../support/dumps.ts";
import { anyTables, fillWithHostileRows } from "../../support/hostile-rows.ts";
import { addHost, claim, startedAt, worker } from "../../support/queue-people.ts";
import { resealed } from "../../support/resealed-dump.ts";

let all: Record<DatabaseName, TestDatabases>;
let folder = "";
const file = () => join(folder, "dump");
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pobsync-dump-"));
  all = { sqlite: await startDatabases("sqlite"), mariadb: await startDatabases("mariadb") };
});
afterAll(async () => {
  for (const name of DATABASES) await all[name].stop();
  rmSync(folder, { recursive: true });
});

describe("a dump", () => {
  it.each([
    ["sqlite", "mariadb"],
    ["mariadb", "sqlite"],
  ] as const)(
    "of %s says every row as it is, and goes through %s and back without a change",
    async (from, through) => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          const db = await all[from].fresh();
          const rows = await fillWithHostileRows(db, seed);
          const first = await dumpOf(db);
          const said = linesOfDump(first).slice(1, -1);
          for (const { name } of DUMPED) {
            const found = said.filter(({ table }) => table === name).map(({ row }) => row);
            const expected = JSON.parse(JSON.stringify(rows[name])) as unknown[];
            expect(found).toHaveLength(expected.length);
            for (const row of expected) expect(found).toContainEqual(row);
          }
          const [there, back] = [await all[through].emptyUrl(), await all[from].emptyUrl()];
          const loaded = await loadText(there, file(), first);
          expect(loaded.rows).toEqual(linesOfDump(first).at(-1).rows);
          const second = await dumpAt(there);
          expect(second).toBe(first);
          await loadText(back, file(), second);
          expect(await dumpAt(back)).toBe(first);
        }),
        { numRuns: 3 },
      );
    },
  );

  it("holds every table but those of living processes and people who are signed in", () => {
    const left = ["runLeases", "hostLocks", "workers", "sessions", "loginThrottles", "watchTurns"];
    expect([...DUMPED.map(({ name }) => name), ...left].sort()).toEqual(Object.keys(TABLES).sort());
  });

  it("is the same whenever it is made, and says nothing of when that was", async () => {
    const db = await all.sqlite.fresh();
    await fillWithHostileRows(db, 1);
    expect(await dumpOf(db)).toBe(await dumpOf(db));
    expect(linesOfDump(await dumpOf(db))[0]).toEqual({
      ...{ format: "pobsync-dump", version: 1, pobsync: "1.2.3", migrations: [...MIGRATION_NAMES] },
      nextIds: expect.objectContaining({ hosts: expect.any(Number), auditEntries: expect.any(Number) }),
    });
  });

  it("of an older database is loaded: what came since is as a migration would have made it", async () => {
    const db = await all.sqlite.fresh();
    const hostId = await addHost(db, "laptop");
    const older = resealed(await dumpOf(db), (lines) =>
      lines.map((line) => {
        if (line.format !== undefined) return { ...line, migrations: line.migrations.slice(0, 2) };
        const { trustedAt: _, trustedSnapshotId: __, ...row } = line.row ?? {};
        return line.row === undefined ? line : { ...line, row };
      }),
    );
    for (const name of DATABASES) {
      const { url, db: target } = await all[name].freshAt();
      await loadText(url, file(), older);
      const row = await target.sql.selectFrom("hosts").selectAll().executeTakeFirst();
      expect(row).toMatchObject({ id: hostId, name: "laptop", trustedAt: null, trustedSnapshotId: null });
    }
  });
});

for (const name of DATABASES)
  describe(`a dump of ${name}`, () => {
    const fill = async (db: Awaited<ReturnType<TestDatabases["fresh"]>>, count: number) => {
      const hostId = await addHost(db, "laptop");
      const run = { hostId, kind: "backup", trigger: "manual", status: "succeeded", attempt: 1 };
      const row = { ...run, queuedAt: startedAt, warnings: "[]", options: "{}" };
      const rows = Array.from({ length: count }, () => row);
      for (let at = 0; at < count; at += 500)
        await anyTables(db)
          .insertInto("runs")
          .values(rows.slice(at, at + 500))
          .execute();
      return hostId;
    };

    it("shows the moment when it began, whatever is written and removed meanwhile", async () => {
      const { url, db } = await all[name].freshAt();
      const hostId = await fill(db, 2600);
      const before = await dumpOf(db);
      const chunks = dumpChunks({ db, version: "1.2.3" });
      let during = (await chunks.next()).value ?? "";
      const other = await openDatabase(url);
      for (let round = 1; ; round += 1) {
        await addHost(other, `new${round}`);
        await claim(other, await addHost(other, `busy${round}`), worker("w1"));
        await other.sql
          .deleteFrom("runs")
          .where("id", ">", 2600 - round)
          .where("hostId", "=", hostId)
          .execute();
        await other.sql.updateTable("runs").set({ status: "failed" }).execute();
        const { value, done } = await chunks.next();
        if (done) break;
        during += value;
      }
      await other.close();
      expect(during).toBe(before);
      expect(await dumpOf(db)).not.toBe(before);
    });

    it("that nobody reads to its end holds nothing up", async () => {
      const { db } = await all[name].freshAt();
      await fill(db, 10);
      for (let round = 0; round < 20; round += 1) {
        const chunks = dumpChunks({ db, version: "1.2.3" });
        await chunks.next();
        await chunks.return(undefined);
      }
      await addHost(db, "afterwards");
    });

    it("leaves the numbers of rows that were removed to nobody else", async () => {
      const { db } = await all[name].freshAt();
      const hostId = await fill(db, 5);
      await db.sql.deleteFrom("runs").where("id", ">", 2).execute();
      const dump = await dumpOf(db);
      expect(linesOfDump(dump)[0].nextIds).toMatchObject({ runs: 6, hosts: 2, users: 1 });
      for (const target of DATABASES) {
        const { url, db: loaded } = await all[target].freshAt();
        await loadText(url, file(), dump);
        expect(await claim(loaded, hostId, worker("w1"))).toBe(6);
        expect(await addHost(loaded, "next")).toBe(2);
      }
    });
  });
