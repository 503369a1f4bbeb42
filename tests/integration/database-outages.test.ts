// The database goes away while workers work: they wait with a named problem, go on by themselves, and nothing is lost or doubled.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startMariadb, type TestMariadb } from "../support/mariadb.ts";
import { makeOutageSite, type OutageSite } from "../support/outage-site.ts";
import { fillUp, withSmallDisk } from "../support/small-disk.ts";
import { waitUntil } from "../support/wait-until.ts";

const AWAY = /The database cannot be used/;

let site: OutageSite;
afterEach(() => site.world.dispose());

describe("MariaDB, gone in the middle of runs", () => {
  let mariadb: TestMariadb;
  beforeAll(async () => {
    mariadb = await startMariadb();
  });
  afterAll(() => mariadb.stop());

  it.each(["kill -9", "a clean restart"])("by %s, delays them and nothing else", async (how) => {
    site = await makeOutageSite(await mariadb.createDatabase(), 60);
    for (const host of ["slow", "web1", "web2"]) await site.queue(host);
    const worker = site.startWorker();
    await site.untilTransferring();
    if (how === "kill -9") {
      await mariadb.kill9();
      await worker.waitForOutput(AWAY);
    }
    await mariadb.restart();
    await site.queue("web1");
    await site.untilAllIsDone(worker);
    expect((await site.history()).sort()).toEqual([
      "slow succeeded",
      "web1 succeeded",
      "web1 succeeded",
      "web2 succeeded",
    ]);
    const said = await site.end(worker);
    expect(how === "kill -9" || said.length > 0 ? said : ["away", "over"]).toEqual(["away", "over"]);
    expect(await site.contradictions()).toEqual([]);
  });

  it("for longer than the lease, costs one attempt and no snapshot", async () => {
    site = await makeOutageSite(await mariadb.createDatabase(), 2);
    await site.queue("slow");
    const worker = site.startWorker();
    await site.untilTransferring();
    await mariadb.kill9();
    const wentAt = performance.now();
    await waitUntil(() => performance.now() - wentAt > 3000, { what: "the lease to end" });
    await worker.waitForOutput(AWAY);
    await mariadb.restart();
    await site.untilAllIsDone(worker);
    expect(await site.history()).toEqual(["slow succeeded", "slow failed: worker_lost"]);
    expect(await site.end(worker)).toEqual(["away", "over"]);
    expect(await site.contradictions()).toEqual([]);
  });
});

describe("SQLite", () => {
  it("locked for longer than a statement waits, in the middle of a run and at a claim, delays them", async () => {
    site = await makeOutageSite(undefined, 60);
    await site.queue("slow");
    const worker = site.startWorker();
    await site.untilTransferring();
    await site.queue("web1");
    const db = new DatabaseSync(join(site.world.stateDir, "pobsync.sqlite3"), { timeout: 5000 });
    db.exec("begin immediate");
    const second = site.startWorker();
    await second.waitForOutput(AWAY, 25_000);
    db.exec("rollback");
    db.close();
    await second.waitForOutput(/trouble is over/);
    await site.untilAllIsDone(worker);
    expect((await site.history()).sort()).toEqual(["slow succeeded", "web1 succeeded"]);
    const [first, other] = [await site.end(worker), await site.end(second)];
    expect(other).toEqual(["away", "over"]);
    expect(first.length > 0 ? first : other).toEqual(["away", "over"]);
    expect(await site.contradictions()).toEqual([]);
  });

  it("on a disk that is full to the last byte waits, and goes on when there is room", async () => {
    await withSmallDisk({ megabytes: 8 }, async (disk) => {
      const file = join(disk, "pobsync.sqlite3");
      site = await makeOutageSite(`sqlite:${file}`, 8);
      for (const host of ["slow", "web1"]) await site.queue(host);
      const worker = site.startWorker();
      await site.untilTransferring();
      fillUp(join(disk, "filler"));
      await worker.waitForOutput(AWAY, 20_000);
      rmSync(join(disk, "filler"));
      await site.untilAllIsDone(worker);
      await site.queue("web2");
      await site.untilAllIsDone(worker);
      expect((await site.history()).sort()).toEqual(["slow succeeded", "web1 succeeded", "web2 succeeded"]);
      expect(await site.end(worker)).toEqual(["away", "over"]);
      expect(await site.contradictions()).toEqual([]);
      const db = new DatabaseSync(file);
      expect(db.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
      db.close();
    });
  });
});
