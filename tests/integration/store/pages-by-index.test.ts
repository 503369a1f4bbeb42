// No page of the console makes a database look through a whole table: counted by what MariaDB has read, whatever it planned.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Call, consoleCalls } from "../../../bench/console-calls.ts";
import { fillHistory } from "../../../bench/history-data.ts";
import { configureSite } from "../../../src/actions/configure-site.ts";
import { migrateDatabase } from "../../../src/actions/migrate-database.ts";
import { openDatabase } from "../../../src/store/database.ts";
import { startConsole, type TestConsole } from "../../support/console.ts";
import { startMariadb, type TestMariadb } from "../../support/mariadb.ts";
import { makeWorld } from "../../support/world.ts";

const [HOSTS, RUNS, SNAPSHOTS_PER_HOST] = [300, 20_000, 10];
/** All hosts with a few looks each, or a page with what belongs to it. Looking through the runs would be more. */
const ROWS_MAX = 15_000;
/** Pages of whole tables say how many rows there are, up to a limit of theirs. */
const ADMINISTRATION_ROWS_MAX = 30_000;

let server: TestMariadb;
let console: TestConsole;
let calls: Call[];
beforeAll(async () => {
  server = await startMariadb({ fast: true });
  const url = await server.createDatabase();
  await migrateDatabase(url);
  const db = await openDatabase(url);
  await fillHistory(db, RUNS, { hosts: HOSTS, snapshotsPerHost: SNAPSHOTS_PER_HOST });
  await server.sql(`use ${new URL(url).pathname.slice(1)}; analyze table runs, snapshots, hosts, schedules`);
  calls = await consoleCalls(db, RUNS, "/");
  await db.close();
  const world = makeWorld({ databaseUrl: url });
  console = await startConsole({ world });
  await configureSite(console.app, {
    ...{ backupRoot: world.backupRoot, minFreePercent: 0, settings: {}, unset: [] },
  });
});
afterAll(async () => {
  await console.close();
  await server.stop();
});

/** Rows that the server has handed out so far, from tables and indices alike. */
async function rowsRead(): Promise<number> {
  const rows = await server.sql("show global status like 'Handler_read%'");
  return rows
    .trim()
    .split("\n")
    .filter((line) => !/deleted|retry/.test(line))
    .reduce((sum, line) => sum + Number(line.split("\t")[1]), 0);
}

describe("on MariaDB with many runs", () => {
  it("no call behind a page reads more than a few rows for each that it shows", async () => {
    const greedy: string[] = [];
    // Every ten minutes somebody's look sums up how all snapshots have grown, for the day on which the disk is full.
    await console.request("admin", "GET", "/api/status/");
    for (const { page, path } of calls) {
      const before = await rowsRead();
      const answer = await console.request("admin", "GET", `/api/${path(1)}`);
      // Of hosts that were only written into SQL there is no catalog and no log.
      expect([200, 404, 409, 503]).toContain(answer.status);
      const read = (await rowsRead()) - before;
      const most = page.startsWith("administration") ? ADMINISTRATION_ROWS_MAX : ROWS_MAX;
      if (read > most) greedy.push(`${page}: ${read}`);
    }
    expect(greedy).toEqual([]);
  });
});
