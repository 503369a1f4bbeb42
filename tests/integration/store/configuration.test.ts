// Settings and hosts: what goes into SQL comes out again, on every database and in every time zone.
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Site } from "../../../src/domain/site.ts";
import type { Database } from "../../../src/store/database.ts";
import {
  findHost,
  insertHost,
  listHosts,
  requireHost,
  saveHostKeys,
  updateHost,
} from "../../../src/store/hosts.ts";
import { findSite, saveSite } from "../../../src/store/site.ts";
import { DATABASES, startDatabases, type TestDatabases } from "../../support/databases.ts";

const now = new Date("2026-11-23T04:05:06.789Z");
const plainHost = {
  node: "main",
  address: "192.0.2.1",
  transport: "ssh",
  enabled: true,
  settings: {},
} as const;
const site: Site = {
  node: "main",
  isHere: true,
  backupRoot: "/mnt/𝔅ackups 🗄️",
  rootId: "0123456789abcdef",
  maxParallel: 3,
  minFreePercent: 2.5,
  hostKeyPolicy: "confirm",
  logLimitBytes: 123_456,
  logKeepSeconds: 86_400,
  historyKeepSeconds: null,
  sandbox: "required",
  settings: { excludes: ["/srv/🦀 and \\backslash", "'quoted' \"twice\"", "50%_x"], bwlimit: 0 },
};

for (const database of DATABASES)
  describe(`configuration in ${database}`, () => {
    let databases: TestDatabases;
    let db: Database;
    beforeAll(async () => {
      databases = await startDatabases(database);
    });
    afterAll(() => databases.stop());
    beforeEach(async () => {
      db = await databases.fresh();
    });

    it("has no site before it is written, then the one that was written last", async () => {
      expect(await findSite({ db, node: "main" })).toBeNull();
      await saveSite(db, site, now);
      expect(await findSite({ db, node: "main" })).toEqual(site);
      const changed: Site = { ...site, backupRoot: "/elsewhere", settings: {} };
      await saveSite(db, changed, now);
      await saveSite(db, changed, now);
      expect(await findSite({ db, node: "main" })).toEqual(changed);
    });

    it("keeps the tags of a host when a change says nothing of them", async () => {
      await insertHost(db, "ada", plainHost, now);
      const { id, tags } = await requireHost(db, "ada");
      expect(tags).toEqual([]);
      await updateHost(db, id, { ...plainHost, tags: ["production", "web"] }, now);
      await updateHost(db, id, { ...plainHost, enabled: false }, now);
      expect(await requireHost(db, "ada")).toMatchObject({ tags: ["production", "web"], enabled: false });
    });

    it("gives a host back as it was written, four-byte characters, null and empty lists included", async () => {
      const settings = {
        sources: ["/srv/データ", "/home/🦀"],
        includes: [],
        preHook: "/usr/local/bin/dump --label '𝕏 \\ \"'",
        postHook: null,
        keepDaily: null,
        keepWeekly: 0,
        oneFileSystem: false,
        identityFile: "/etc/pobsync/🔑",
      };
      await insertHost(db, "ada", { ...plainHost, settings, enabled: false }, now);
      const host = await requireHost(db, "ada");
      expect(host).toMatchObject({ ...plainHost, settings, enabled: false, hostKeys: [], createdAt: now });
      const keys = [{ type: "ssh-ed25519", key: "AAAA" }];
      await saveHostKeys(db, host.id, keys, now);
      await updateHost(db, host.id, { ...plainHost, address: "ada.example.org", transport: "local" }, now);
      expect(await findHost(db, "ada")).toEqual({
        ...host,
        ...plainHost,
        address: "ada.example.org",
        transport: "local",
        hostKeys: keys,
      });
    });

    it("tells names apart by every byte: case, accents and blanks at the end", async () => {
      for (const name of ["web", "Web", "nas-2", "nas-10"]) await insertHost(db, name, plainHost, now);
      await expect(insertHost(db, "web", plainHost, now)).rejects.toMatchObject({ code: "bad_input" });
      expect((await listHosts(db)).map(({ name }) => name)).toEqual(["Web", "nas-10", "nas-2", "web"]);
      for (const other of ["WEB", "web ", " web", "wéb", "we_", "we%", ""])
        expect(await findHost(db, other), `"${other}"`).toBeNull();
      await expect(requireHost(db, "web ")).rejects.toMatchObject({ code: "not_found" });
    });

    it("never uses the id of a removed host again", async () => {
      await insertHost(db, "old", plainHost, now);
      const { id } = await requireHost(db, "old");
      await db.sql.deleteFrom("hosts").where("id", "=", id).execute();
      await insertHost(db, "new", plainHost, now);
      expect((await requireHost(db, "new")).id).toBeGreaterThan(id);
    });

    describe("in a time zone other than UTC", () => {
      const { TZ } = process.env;
      afterEach(() => {
        process.env.TZ = TZ ?? "UTC";
      });

      it("keeps instants to the millisecond, in UTC, also in hours that a clock skips or repeats", async () => {
        // The server's own idea of the time zone must not matter either; sessions take it over when they begin.
        await databases.mariadb?.sql("SET GLOBAL time_zone = '-08:00'");
        const instants = [
          "2026-03-29T01:30:00.001Z", // 02:30 in Berlin does not exist on that day
          "2026-10-25T00:30:00.999Z", // 02:30 in Berlin is there twice
          "2026-10-25T01:30:00.000Z",
          "1970-01-01T00:00:00.001Z",
          "2099-12-31T23:59:59.999Z",
        ];
        for (const zone of ["Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati"]) {
          process.env.TZ = zone;
          const local = await databases.fresh();
          for (const [index, instant] of instants.entries())
            await insertHost(local, `host-${index}`, plainHost, new Date(instant));
          const read = (await listHosts(local)).map(({ createdAt }) => createdAt.toISOString());
          expect(read, zone).toEqual(instants);
          const { rows } = await sql<{
            stored: string;
          }>`select cast(created_at as char(30)) as stored from hosts order by name`.execute(local.sql);
          expect(
            rows.map(({ stored }) => `${stored.replace(" ", "T").replace("Z", "")}Z`),
            zone,
          ).toEqual(instants);
        }
      });

      it("the database's clock agrees with this machine's", async () => {
        process.env.TZ = "Pacific/Kiritimati";
        const local = await databases.fresh();
        const before = Date.now();
        await insertHost(local, "ada", plainHost, now);
        await local.sql
          .updateTable("hosts")
          .set({ updatedAt: local.dialect.nowPlus(-90) })
          .execute();
        const row = await local.sql.selectFrom("hosts").select("updatedAt").executeTakeFirstOrThrow();
        expect(row.updatedAt.getTime()).toBeGreaterThanOrEqual(before - 90_000);
        expect(row.updatedAt.getTime()).toBeLessThanOrEqual(Date.now() - 90_000);
      });
    });
  });
