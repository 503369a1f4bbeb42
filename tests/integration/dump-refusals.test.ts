// A dump that is not whole, not ours or not for this database is refused, and nothing is changed.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openDump } from "../../src/actions/read-dump.ts";
import type { Problem } from "../../src/domain/problem.ts";
import { type Database, openUnchecked } from "../../src/store/database.ts";
import { alone, loadRows, requireEmpty } from "../../src/store/load-rows.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../support/databases.ts";
import { dumpOf, linesOfDump, loadText } from "../support/dumps.ts";
import { fillWithHostileRows } from "../support/hostile-rows.ts";
import { addUser } from "../support/people.ts";
import { pobsyncIn } from "../support/pobsync.ts";
import { addHost } from "../support/queue-people.ts";
import { resealed } from "../support/resealed-dump.ts";
import { makeWorld } from "../support/world.ts";

let folder = "";
let dump = "";
const file = () => join(folder, "dump");
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "pobsync-dump-"));
  const databases = await startDatabases("sqlite");
  const db = await databases.fresh();
  await fillWithHostileRows(db, 4);
  dump = await dumpOf(db);
  await databases.stop();
});
afterAll(() => rmSync(folder, { recursive: true }));

const refusal = async (work: Promise<unknown>): Promise<Problem> =>
  work.then(
    () => {
      throw new Error("it was loaded");
    },
    (problem: Problem) => problem,
  );

/** Places in the dump: some at random distances, and around each end of a line near the beginning and the end. */
function places(bytes: Uint8Array): number[] {
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at);
  const near = [...ends.slice(0, 3), ...ends.slice(-3)].flatMap((at) => [at - 1, at, at + 1]);
  const spread = Array.from({ length: 40 }, (_, n) => Math.floor((bytes.length * (n * n + n)) / 1640));
  return [...new Set([0, 1, ...spread, ...near])].filter((at) => at >= 0 && at < bytes.length);
}

for (const name of DATABASES)
  describe(`into ${name}`, () => {
    let databases: TestDatabases;
    let url = "";
    let db: Database;
    beforeAll(async () => {
      databases = await startDatabases(name);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      ({ url, db } = await databases.freshAt());
    });
    const untouched = async () => {
      await requireEmpty(db);
      expect(linesOfDump(await dumpOf(db))[0].nextIds).toMatchObject({ hosts: 1, runs: 1, snapshots: 1 });
    };

    it("nothing comes of a dump that was cut off anywhere, as a file or while it is read", async () => {
      const bytes = Buffer.from(dump);
      for (const [turn, at] of places(bytes).entries()) {
        const part = bytes.subarray(0, at);
        expect(await refusal(loadText(url, file(), part))).toMatchObject({ code: "dump_damaged" });
        // Each costs a transaction that is undone; some of them will do.
        if (turn % 4 > 0 || at === 0) continue;
        const piped = openDump(chunked(part)).then(({ rows }) =>
          loadRows(db, rows, { isOlder: false, onRows: () => {} }),
        );
        expect(await refusal(piped)).toMatchObject({ code: "dump_damaged" });
      }
      await requireEmpty(db);
    });

    it("nothing comes of one with a flipped bit anywhere", async () => {
      const bytes = Buffer.from(dump);
      for (const at of places(bytes)) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 7));
        expect((await refusal(loadText(url, file(), flipped))).code).toMatch(/^dump_(damaged|newer)$/);
      }
      await untouched();
    });

    it("nothing comes of one without its end, with more behind it, or that is none", async () => {
      const lines = dump.trimEnd().split("\n");
      const wrong = [
        `${lines.slice(0, -1).join("\n")}\n`,
        `${dump}\n`,
        `${dump}${lines.at(-1)}\n`,
        `${lines.toSpliced(5, 1).join("\n")}\n`,
        `${lines.toSpliced(5, 0, lines[5] ?? "").join("\n")}\n`,
        ...["", "\n", "{}\n", "null\n", '{"format":"other"}\n', "INSERT INTO hosts\n", "\ufeff".concat(dump)],
      ];
      for (const text of wrong)
        expect(await refusal(loadText(url, file(), text))).toMatchObject({ code: "dump_damaged" });
      await untouched();
    });

    // biome-ignore lint/suspicious/noExplicitAny: lines as somebody might write them by hand
    const row = (table: string, change: (row: any) => unknown) => (lines: any[]) =>
      lines.map((line) => (line.table === table ? { ...line, row: change(line.row) } : line));

    // biome-ignore lint/suspicious/noExplicitAny: the same
    const renamed = (lines: any[]) =>
      lines.map((line) => (line.table === "hosts" ? { ...line, table: "hostess" } : line));

    it.each([
      ["an unknown table", renamed, "dump_damaged"],
      ["an unknown column", row("hosts", (it) => ({ ...it, colour: 1 })), "dump_damaged"],
      ["a column of every object", row("hosts", (it) => ({ ...it, toString: 1 })), "dump_damaged"],
      ["a column too few", row("runs", ({ status: _, ...it }) => it), "dump_damaged"],
      ["a value of another kind", row("runs", (it) => ({ ...it, attempt: "1" })), "dump_damaged"],
      ["a number that is not whole", row("runs", (it) => ({ ...it, attempt: 1.5 })), "dump_damaged"],
      ["a moment that is none", row("runs", (it) => ({ ...it, queuedAt: "yesterday" })), "dump_damaged"],
      ["nothing where something must be", row("users", (it) => ({ ...it, username: null })), "dump_damaged"],
      ["a host that is not there", row("runs", (it) => ({ ...it, hostId: 4711 })), "dump_unfit"],
      ["a base that is not there", row("snapshots", (it) => ({ ...it, baseId: 471_100 })), "dump_unfit"],
      ["a name twice", row("users", (it) => ({ ...it, username: "ada" })), "dump_unfit"],
      ["a number twice", row("auditEntries", (it) => ({ ...it, id: 1 })), "dump_unfit"],
    ] as const)("nothing comes of one that was made by hand, with %s", async (_, change, code) => {
      const problem = await refusal(loadText(url, file(), resealed(dump, change)));
      expect(problem).toMatchObject({ code });
      await requireEmpty(db);
    });

    it("nothing comes of one of a newer database or format, and both are named", async () => {
      const header = (more: object) => resealed(dump, ([first, ...rest]) => [{ ...first, ...more }, ...rest]);
      const { migrations } = linesOfDump(dump)[0];
      const newer = header({ pobsync: "9.8.7", migrations: [...migrations, "0099-later"] });
      const problem = await refusal(loadText(url, file(), newer));
      expect(problem).toMatchObject({ code: "dump_newer" });
      expect(problem.message).toContain("0099-later");
      expect(problem.message).toContain("9.8.7");
      expect(problem.message).toContain(migrations.toSorted().at(-1));
      const format = await refusal(loadText(url, file(), header({ version: 2 })));
      expect(format).toMatchObject({
        code: "dump_newer",
        message: expect.stringMatching(/format 2.*format 1/),
      });
      await untouched();
    });

    it("nothing is loaded where something is already, be it only a word in the audit", async () => {
      await addHost(db, "laptop");
      const before = await dumpOf(db);
      const problem = await refusal(loadText(url, file(), dump));
      expect(problem).toMatchObject({
        code: "database_not_empty",
        message: expect.stringContaining("hosts"),
      });
      expect(problem.hint).not.toBe("");
      expect(await dumpOf(db)).toBe(before);
      const { url: other, db: people } = await databases.freshAt();
      await addUser(people, "ada", "admin");
      expect(await refusal(loadText(other, file(), dump))).toMatchObject({ code: "database_not_empty" });
    });

    it("nothing is loaded into an older database that is somebody's", async () => {
      await sql`delete from pobsync_migrations where name > '0002'`.execute(db.sql);
      expect(await refusal(loadText(url, file(), dump))).toMatchObject({ code: "database_not_migrated" });
    });

    it("a database that has no tables is made, but not for a dump that is damaged", async () => {
      const empty = await databases.emptyUrl();
      expect(await refusal(loadText(empty, file(), dump.slice(0, -9)))).toMatchObject({
        code: "dump_damaged",
      });
      const looked = await openUnchecked(empty);
      expect(await looked.sql.introspection.getTables()).toEqual([]);
      await looked.close();
      await loadText(empty, file(), dump);
      await loadText(url, file(), dump);
      expect(await dumpOf(db)).toBe(dump);
    });

    it("of two that load at once at most one does, and the other says why", async () => {
      writeFileSync(file(), dump);
      const world = makeWorld({ databaseUrl: url });
      try {
        const { run } = pobsyncIn(world);
        const ends = await Promise.all([
          run("loaddata", file(), "--json"),
          run("loaddata", file(), "--json"),
        ]);
        const [done, other] = ends.sort((a, b) => Number(a.code) - Number(b.code));
        expect(done).toMatchObject({ code: 0 });
        expect(other).toMatchObject({ code: 2 });
        expect(other?.json().problem.code).toBe("database_not_empty");
      } finally {
        await world.dispose();
      }
      expect(await dumpOf(db)).toBe(dump);
    });
  });

it("a load that MariaDB ends because another one holds what it wants says that somebody else writes", async () => {
  const databases = await startDatabases("mariadb");
  try {
    const db = await databases.fresh();
    await sql`create table crossing (id int primary key)`.execute(db.sql);
    await sql`insert into crossing values (0), (1)`.execute(db.sql);
    const held = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const cross = (first: 0 | 1, second: 0 | 1) =>
      alone(db, () =>
        db.sql.transaction().execute(async (tx) => {
          await sql`select id from crossing where id = ${first} for update`.execute(tx);
          held[first]?.resolve();
          await held[second]?.promise;
          await sql`select id from crossing where id = ${second} for update`.execute(tx);
        }),
      );
    const ends = await Promise.allSettled([cross(0, 1), cross(1, 0)]);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = ends.find((end) => end.status === "rejected");
    expect(lost?.reason).toMatchObject({
      code: "database_not_empty",
      message: expect.stringContaining("Somebody else is writing"),
    });
  } finally {
    await databases.stop();
  }
});

async function* chunked(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}
