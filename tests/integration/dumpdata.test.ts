// dumpdata and loaddata as commands: files that are whole or not there, pipes, kills, and runs that were under way.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LoadedShape } from "../../src/contract/schemas.ts";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { requireHost } from "../../src/store/hosts.ts";
import { requireEmpty } from "../../src/store/load-rows.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { DATABASES, startDatabases } from "../support/databases.ts";
import { dumpAt, linesOfDump } from "../support/dumps.ts";
import { pobsyncIn, pobsyncProgram } from "../support/pobsync.ts";
import { killTree } from "../support/processes.ts";
import { claim, worker } from "../support/queue-people.ts";
import { resealed } from "../support/resealed-dump.ts";
import { waitUntil } from "../support/wait-until.ts";

let site: BackupSite;
const at = (...parts: string[]) => join(site.world.dir, ...parts);
const urlOf = (name: string) => `sqlite:${at(name, "pobsync.sqlite3")}`;
/** The command line on another database of this world, with the same backup root. */
const on = (url: string) => pobsyncIn(site.world, { environment: { POBSYNC_DATABASE_URL: url } });
beforeAll(async () => {
  site = await makeSite();
  mkdirSync(at("host", "source"));
  writeFileSync(at("host", "source", "a"), "hello");
  await site.configureHost("nas", null, "--source", at("host", "source"), "--keep-daily", "7");
  await site.backUp("nas");
  await site.backUp("nas");
});
afterAll(() => site.world.dispose());

describe("dumpdata", () => {
  it("writes the same to stdout and into a file, which only its owner may read, and nothing beside it", async () => {
    mkdirSync(at("out"));
    const { stdout, stderr } = await site.ok("dumpdata");
    expect(stderr).toBe("");
    const written = (await site.ok("--json", "dumpdata", "--output", at("out", "dump"))).json();
    expect(readFileSync(at("out", "dump"), "utf8")).toBe(stdout);
    expect(written).toMatchObject({
      ...{ file: at("out", "dump"), bytes: Buffer.byteLength(stdout) },
      rows: linesOfDump(stdout).at(-1).rows,
    });
    expect(written.rows).toMatchObject({ settings: 1, hosts: 1, runs: 2, snapshots: 2 });
    expect(statSync(at("out", "dump")).mode & 0o777).toBe(0o600);
    expect(readdirSync(at("out"))).toEqual(["dump"]);
    expect((await site.ok("manage", "dumpdata")).stdout).toBe(stdout);
  });

  it("replaces only a regular file, and only when it is told to", async () => {
    mkdirSync(at("kept"));
    writeFileSync(at("kept", "file"), "old");
    chmodSync(at("kept", "file"), 0o644);
    symlinkSync("file", at("kept", "link"));
    const before = () => readdirSync(at("kept"));
    for (const args of [["file"], ["link"], ["link", "--overwrite"], [".", "--overwrite"]]) {
      const [name = "", ...more] = args;
      const result = await site.pobsync.run("dumpdata", "--output", at("kept", name), ...more);
      expect(result).toMatchObject({ code: 2, stdout: "" });
      expect(before()).toEqual(["file", "link"]);
      expect(readFileSync(at("kept", "file"), "utf8")).toBe("old");
    }
    await site.ok("dumpdata", "--output", at("kept", "file"), "--overwrite");
    expect(readFileSync(at("kept", "file"), "utf8")).toBe((await site.ok("dumpdata")).stdout);
    expect(statSync(at("kept", "file")).mode & 0o777).toBe(0o600);
  });

  it("says why where it cannot write, and leaves nothing", async () => {
    const missing = await site.pobsync.run("--json", "dumpdata", "--output", at("nowhere", "dump"));
    expect(missing.code).toBe(1);
    expect(missing.json().problem).toMatchObject({ code: "output_lost" });
    const full = spawn("sh", ["-c", `"$0" dumpdata > /dev/full`, pobsyncProgram], {
      env: { ...process.env, ...site.world.environment },
    });
    const [code] = await once(full, "close");
    expect(code).toBe(1);
    expect((await site.pobsync.run("--json", "dumpdata")).json().problem.code).toBe("bad_input");
    expect(await site.pobsync.run("dumpdata", "--overwrite")).toMatchObject({ code: 2 });
  });

  it("prints no secrets to a terminal", async () => {
    const command = `script -qec '${pobsyncProgram} dumpdata' /dev/null`;
    const shown = spawn("sh", ["-c", command], { env: { ...process.env, ...site.world.environment } });
    let text = "";
    shown.stdout.on("data", (chunk) => {
      text += chunk;
    });
    const [code] = await once(shown, "close");
    expect(code).toBe(2);
    expect(text).toContain("terminal");
    expect(text).not.toContain("pobsync-dump");
  });

  it("writes no word into the audit, and neither does loading: a dump of what was loaded is the same", async () => {
    const { stdout } = await site.ok("dumpdata");
    const loaded = await on(urlOf("piped")).runWithInput(stdout, "loaddata", "-");
    expect(loaded).toMatchObject({ code: 0, stderr: "" });
    expect(loaded.stdout).toMatch(/runs +2\n/);
    expect(loaded.stdout).toMatch(/\d+ rows are in .*piped.*Next: pobsync doctor/);
    expect((await on(urlOf("piped")).run("dumpdata")).stdout).toBe(stdout);
    expect((await site.ok("dumpdata")).stdout).toBe(stdout);
    expect(await on(urlOf("piped")).run("doctor")).toMatchObject({
      stdout: expect.stringContaining("backup root"),
    });
  });
});

describe("loaddata", () => {
  it("says what is wrong with what it was given", async () => {
    for (const given of [at("nothing"), at("host"), "-"])
      expect(await on(urlOf("refused")).run("--json", "loaddata", given)).toMatchObject({ code: 2 });
    expect(readdirSync(site.world.dir)).not.toContain("refused");
    const dump = (await site.ok("dumpdata")).stdout;
    const loaded = (await on(urlOf("json")).runWithInput(dump, "--json", "loaddata", "-")).json();
    expect(LoadedShape.strict().parse(loaded)).toEqual({
      rows: linesOfDump(dump).at(-1).rows,
      database: at("json", "pobsync.sqlite3"),
    });
    const again = await site.pobsync.runWithInput(dump, "loaddata", "-");
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("not empty") });
    expect((await site.ok("dumpdata")).stdout).toBe(dump);
  });

  it("leaves a run that was under way to be settled as lost, and the next backup goes on", async () => {
    const db = await openDatabase(site.world.environment.POBSYNC_DATABASE_URL ?? "");
    const { id } = await requireHost(db, "nas");
    const run = await claim(db, id, worker("the old server"));
    const dump = (await site.ok("dumpdata")).stdout;
    await sql`delete from runs where id = ${run}`.execute(db.sql);
    await db.close();
    const there = on(urlOf("moved"));
    expect(await there.runWithInput(dump, "loaddata", "-")).toMatchObject({ code: 0 });
    expect((await there.run("dumpdata")).stdout).toBe(dump);
    expect((await there.run("--json", "show-run", `${run}`)).json()).toMatchObject({ status: "running" });
    expect(await there.run("worker")).toMatchObject({ code: 0 });
    expect((await there.run("--json", "show-run", `${run}`)).json()).toMatchObject({
      status: "failed",
      problem: { code: "worker_lost" },
    });
    const backup = await there.run("--json", "backup", "nas");
    expect(backup).toMatchObject({ code: 0 });
    expect(backup.json().run).toMatchObject({ status: "succeeded" });
  });
});

describe.each(DATABASES)("loaddata into %s, killed in the middle", (name) => {
  it("leaves an empty database, into which the dump can be loaded", async () => {
    const databases = await startDatabases(name);
    try {
      const { url, db } = await databases.freshAt();
      const whole = resealed((await site.ok("dumpdata")).stdout, (lines) => {
        const run = lines.findLast((line) => line.table === "runs");
        const more = Array.from({ length: 3000 }, (_, n) => ({ ...run, row: { ...run.row, id: 1000 + n } }));
        const place = lines.lastIndexOf(run);
        return lines.toSpliced(place + 1, 0, ...more);
      });
      const loadHalf = async () => {
        const loading = spawn(pobsyncProgram, ["loaddata", "-"], {
          env: { ...process.env, POBSYNC_DATABASE_URL: url },
        });
        loading.stdin.on("error", () => {});
        loading.stdin.write(whole.slice(0, whole.length / 2));
        await waitUntil(() => isLoading(db), { what: "rows that are not committed", everyMs });
        return loading;
      };
      const interrupted = await loadHalf();
      interrupted.kill("SIGINT");
      expect(await text(interrupted.stderr)).toContain("Nothing was loaded");
      await requireEmpty(db);
      await killTree((await loadHalf()).pid ?? 0);
      await requireEmpty(db);
      await waitUntil(async () => !(await isLoading(db)), { what: "the end of its transaction", everyMs });
      const { code, stderr } = await on(url).runWithInput(whole, "loaddata", "-");
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const [, ...rows] = (await dumpAt(url)).split("\n").slice(0, -2);
      expect(rows).toEqual(whole.split("\n").slice(1, -2));
    } finally {
      await databases.stop();
    }
  });
});

/** MariaDB shows the same list of transactions again to whoever asks within a tenth of a second, for ever. */
const everyMs = 250;

/** Whether another process has written what nobody sees yet. */
async function isLoading(db: Database): Promise<boolean> {
  if (db.dialect.name === "mariadb") {
    const { rows } =
      await sql`select 1 from information_schema.innodb_trx where trx_rows_modified > 500`.execute(db.sql);
    return rows.length > 0;
  }
  await sql`pragma busy_timeout = 0`.execute(db.sql);
  return sql`begin immediate`.execute(db.sql).then(
    () => sql`rollback`.execute(db.sql).then(() => false),
    () => true,
  );
}
