// The database's own backup on the backup disk, and the way back from it.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copiesToDrop, copyName } from "../../src/domain/database-copies.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { pobsyncIn } from "../support/pobsync.ts";
import { waitUntil } from "../support/wait-until.ts";

let site: BackupSite;
let folder: string;
beforeAll(async () => {
  site = await makeSite();
  folder = join(site.world.backupRoot, ".pobsync-database");
});
afterAll(() => site.world.dispose());

const names = (): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);

/** Runs a worker until the folder is as wanted. */
async function workUntil(isThere: () => boolean): Promise<string> {
  const worker = site.pobsync.start("worker", "--loop", "--interval", "1");
  await waitUntil(isThere, { what: "the copy of the database", deadlineMs: 20_000 });
  worker.child.kill("SIGTERM");
  const { code, stderr } = await worker.ended;
  expect(code).toBe(0);
  return stderr;
}

const dumpIn = async (databaseUrl: string): Promise<string> => {
  const { stdout } = await pobsyncIn(site.world, { environment: { POBSYNC_DATABASE_URL: databaseUrl } }).run(
    "dumpdata",
  );
  return stdout;
};

describe("a worker", () => {
  it("copies the database to the backup disk, for its owner alone, and an empty database becomes the same", async () => {
    await workUntil(() => names().some((name) => name.endsWith(".gz")));
    const [name = ""] = names();
    expect(names()).toHaveLength(1);
    expect([statSync(folder).mode & 0o777, statSync(join(folder, name)).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
    const other = `sqlite:${join(site.world.dir, "other.sqlite3")}`;
    const there = pobsyncIn(site.world, { environment: { POBSYNC_DATABASE_URL: other } });
    const lost = await there.run("doctor");
    expect(lost.stderr).toContain("pobsync loaddata BACKUP_ROOT/.pobsync-database/NEWEST");
    expect(await there.run("loaddata", join(folder, name))).toMatchObject({ code: 0 });
    expect(await dumpIn(other)).toBe(await dumpIn(site.world.environment.POBSYNC_DATABASE_URL ?? ""));
  });

  it("makes no second one on the same day, and one that only looks once makes the first", async () => {
    const before = names();
    await site.ok("worker");
    expect(names()).toEqual(before);
    for (const name of before) rmSync(join(folder, name));
    await site.ok("worker");
    expect(names()).toHaveLength(1);
  });

  it("makes one when the newest is a day old, and drops those beyond a fortnight and what a killed one left", async () => {
    for (const name of names()) rmSync(join(folder, name));
    const now = Date.now();
    const day = (ago: number): string => copyName(new Date(now - ago * 86_400_000));
    for (let ago = 1; ago <= 20; ago += 1) writeFileSync(join(folder, day(ago)), "");
    const half = `${day(2)}.4711.part`;
    writeFileSync(join(folder, half), "half");
    writeFileSync(join(folder, "note"), "mine");
    const stale = (await site.pobsync.run("doctor")).stdout;
    expect(stale).toContain(join(folder, day(1)));
    await workUntil(() => !existsSync(join(folder, half)));
    expect(names()).toContain("note");
    expect(copiesToDrop(names())).toEqual([]);
    expect(existsSync(join(folder, day(13)))).toBe(true);
    // One of its month stays, of two months at most.
    expect(
      [14, 15, 16, 17, 18, 19, 20].filter((ago) => existsSync(join(folder, day(ago)))).length,
    ).toBeLessThan(3);
  });

  it("says why when it cannot make one, and goes on", async () => {
    renameSync(folder, `${folder}.away`);
    writeFileSync(folder, "in the way");
    const worker = site.pobsync.start("worker", "--loop", "--interval", "1");
    await worker.waitForOutput(/ENOTDIR|not a directory/i, 20_000);
    worker.child.kill("SIGTERM");
    expect((await worker.ended).code).toBe(0);
    rmSync(folder);
    renameSync(`${folder}.away`, folder);
  });

  it("writes nothing where the backup disk should be and is not", async () => {
    const { backupRoot } = site.world;
    renameSync(backupRoot, `${backupRoot}.away`);
    mkdirSync(backupRoot);
    await site.ok("worker");
    expect(readdirSync(backupRoot)).toEqual([]);
    expect((await site.pobsync.run("doctor")).stdout).toContain(
      "not looked for: the backup disk is not there",
    );
    rmSync(backupRoot, { recursive: true });
    renameSync(`${backupRoot}.away`, backupRoot);
    chmodSync(backupRoot, 0o700);
  });
});

describe("a copy", () => {
  it("that was cut short or damaged is refused, and changes nothing", async () => {
    const [name = ""] = names()
      .filter((each) => each.endsWith(".gz"))
      .reverse();
    const whole = readFileSync(join(folder, name));
    const file = join(site.world.dir, "damaged.dump.gz");
    const url = `sqlite:${join(site.world.dir, "untouched.sqlite3")}`;
    const there = pobsyncIn(site.world, { environment: { POBSYNC_DATABASE_URL: url } });
    const middle = Math.floor(whole.length / 2);
    const flipped = Buffer.from(whole);
    flipped[middle] = (flipped[middle] ?? 0) ^ 1;
    for (const bytes of [whole.subarray(0, middle), whole.subarray(0, -4), flipped, whole.subarray(0, 2)]) {
      writeFileSync(file, bytes);
      const { code, stderr } = await there.run("loaddata", file);
      expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("dump") });
    }
    expect(existsSync(join(site.world.dir, "untouched.sqlite3"))).toBe(false);
  });

  it("is nothing to those who look for hosts on the disk", async () => {
    const { stdout, code } = await site.pobsync.run("discover-snapshots", "--rebuild");
    expect(code).toBe(0);
    expect(stdout).not.toContain("pobsync-database");
  });

  it("that is older than three days is named by the doctor", async () => {
    for (const name of names()) rmSync(join(folder, name));
    writeFileSync(join(folder, copyName(new Date(Date.now() - 4 * 86_400_000))), "");
    const { code, stderr } = await site.pobsync.run("doctor");
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("The newest copy of the database is"),
    });
  });
});
