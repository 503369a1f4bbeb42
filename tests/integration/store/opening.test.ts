// Opening a database: what is not ready, not there or not ours is refused by name, and nothing is written into it.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, openUnchecked } from "../../../src/store/database.ts";
import { findHost, listHosts } from "../../../src/store/hosts.ts";
import { migrate } from "../../../src/store/migrate.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";
import { startMariadb } from "../../support/mariadb.ts";
import { pobsyncIn } from "../../support/pobsync.ts";
import { closedPort } from "../../support/ports.ts";
import { makeWorld, type World } from "../../support/world.ts";

for (const database of DATABASES)
  describe(`opening ${database}`, () => {
    let databases: TestDatabases;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());

    const openedEmpty = async () => {
      const url = await databases.emptyUrl();
      const db = await openUnchecked(url);
      return { url, db };
    };

    it("refuses one without tables, and says which command makes them", async () => {
      const { url, db } = await openedEmpty();
      await expect(openDatabase(url)).rejects.toMatchObject({
        code: "database_not_migrated",
        message: "The database has no tables yet.",
        hint: expect.stringContaining("pobsync migrate"),
      });
      await migrate(db);
      await sql`delete from pobsync_migrations`.execute(db.sql);
      await expect(openDatabase(url)).rejects.toMatchObject({ code: "database_not_migrated" });
      await db.close();
    });

    it("refuses one of a newer version, also to migrate it", async () => {
      const { url, db } = await openedEmpty();
      await migrate(db);
      await sql`insert into pobsync_migrations (name, timestamp) values ('9999-from-the-future', '2099')`.execute(
        db.sql,
      );
      const newer = {
        code: "database_newer",
        detail: "Migrations this version does not know: 9999-from-the-future",
      };
      await expect(openDatabase(url)).rejects.toMatchObject(newer);
      await expect(migrate(db)).rejects.toMatchObject(newer);
      await db.close();
    });
  });

describe("a database that is not there", () => {
  let world: World;
  beforeAll(() => {
    world = makeWorld();
  });
  afterAll(() => world.dispose());

  it("refuses an SQLite file that nobody made, without making one", async () => {
    const path = join(world.dir, "nobody-made-me.sqlite3");
    await expect(openDatabase(`sqlite:${path}`)).rejects.toMatchObject({ code: "database_missing" });
    expect(existsSync(path)).toBe(false);
  });

  it("refuses a file that is something else, and leaves it as it is", async () => {
    const path = join(world.dir, "letter.txt");
    const letter = "Dear Ada, this is not a database. ".repeat(100);
    writeFileSync(path, letter);
    await expect(openDatabase(`sqlite:${path}`)).rejects.toMatchObject({ code: "database_unavailable" });
    expect(readFileSync(path, "utf8")).toBe(letter);
  });

  it("refuses a server that does not answer", async () => {
    const { address, port } = await closedPort();
    const url = `mariadb://pobsync:secret@${address}:${port}/pobsync`;
    await expect(openDatabase(url)).rejects.toMatchObject({ code: "database_unavailable" });
    const { code, stderr } = await pobsyncIn(world, { environment: { POBSYNC_DATABASE_URL: url } }).run(
      "hosts",
    );
    expect([code, stderr]).toEqual([6, expect.stringContaining("ECONNREFUSED")]);
  });

  it("refuses a wrong password and a database that nobody made, and never prints the password", async () => {
    const mariadb = await startMariadb({ fast: true });
    try {
      const url = await mariadb.createDatabase();
      const { password } = new URL(url);
      for (const wrong of [url.replace(password, "n0t-the-passw0rd"), mariadb.url("nobody_made_me")]) {
        await expect(openDatabase(wrong)).rejects.toMatchObject({ code: "database_unavailable" });
        const cli = pobsyncIn(world, { environment: { POBSYNC_DATABASE_URL: wrong } });
        for (const command of ["migrate", "hosts", "doctor"]) {
          const { code, stdout, stderr } = await cli.run(command, "--json");
          expect(code, command).toBe(6);
          expect(stdout + stderr).not.toContain(password);
          expect(stdout + stderr).not.toContain("n0t-the-passw0rd");
        }
      }
    } finally {
      await mariadb.stop();
    }
  });

  it("names a server that goes away, and finds it when it is back", async () => {
    const mariadb = await startMariadb();
    try {
      const url = await mariadb.createDatabase();
      const unchecked = await openUnchecked(url);
      await migrate(unchecked);
      await unchecked.close();
      const db = await openDatabase(url);
      expect(await listHosts(db)).toEqual([]);
      await mariadb.kill9();
      for (let attempt = 0; attempt < 3; attempt++)
        await expect(findHost(db, "ada"), `${attempt}`).rejects.toMatchObject({
          code: "database_unavailable",
        });
      await mariadb.restart();
      expect(await listHosts(db)).toEqual([]);
      await db.close();
    } finally {
      await mariadb.stop();
    }
  });
});
