// What is wrong on this server: a disk that is full, not mounted, or another one than it was.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomBytes, seededRandom } from "../support/random.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { makeSshSite, type SshSite } from "../support/ssh-site.ts";

let site: SshSite;
beforeAll(async () => {
  site = await makeSshSite();
});
afterAll(() => site.dispose());

/** Has a site of its own on a small disk. */
const onSmallDisk = (inodes: { inodes?: number }, use: (site: SshSite, disk: string) => Promise<void>) =>
  withSmallDisk({ megabytes: 12, ...inodes }, async (disk) => {
    const own = await makeSshSite({ backupRoot: disk });
    try {
      await use(own, disk);
    } finally {
      await own.dispose();
    }
  });

describe("a backup disk that is not there", () => {
  const marker = () => join(site.world.backupRoot, ".pobsync-root");
  const aside = () => join(site.world.dir, "marker");

  it("is noticed by its missing marker, and nothing is written below its mount point", async () => {
    renameSync(marker(), aside());
    const { code, stderr } = await site.pobsync.run("backup", "web1");
    const status = (await site.ok("--json", "status")).json();
    const doctor = await site.pobsync.run("--json", "doctor");
    const below = readdirSync(site.world.backupRoot);
    renameSync(aside(), marker());
    expect(code).toBe(1);
    const root = site.world.backupRoot;
    expect(stderr).toContain(
      `✗ ${root} has no marker file .pobsync-root: the backup disk is not mounted there.`,
    );
    expect(stderr).toContain(
      `→ Mount the backup disk. If this really is a new, empty backup root: pobsync configure-global --backup-root ${root}`,
    );
    expect(below).toEqual([]);
    expect(status).toMatchObject({ root: { problem: { code: "root_not_mounted" }, freeBytes: null } });
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toContain('"root_not_mounted"');
  });

  it("is noticed when another backup disk is mounted in its place", async () => {
    renameSync(marker(), aside());
    writeFileSync(marker(), '{"pobsync":"backup root","id":"of another installation"}\n');
    const { exit, problem } = await site.backup();
    renameSync(aside(), marker());
    expect({ exit, ...problem }).toMatchObject({
      exit: 1,
      code: "root_not_mounted",
      message: expect.stringContaining("another disk is mounted there"),
      hint: expect.stringContaining("Mount the right disk."),
    });
  });

  it("may be gone as a whole while other settings are changed", async () => {
    const away = join(site.world.dir, "away");
    renameSync(site.world.backupRoot, away);
    await site.ok("configure-global", "--max-parallel", "3");
    const { exit, problem } = await site.backup();
    const wasMade = existsSync(site.world.backupRoot);
    renameSync(away, site.world.backupRoot);
    expect({ exit, code: problem?.code, wasMade }).toEqual({
      exit: 1,
      code: "root_not_mounted",
      wasMade: false,
    });
    expect(await site.backup()).toMatchObject({ exit: 0 });
  });
});

describe("a backup disk that is full", () => {
  it("is refused before anything is sent when less than --min-free is left", async () => {
    await site.ok("configure-global", "--min-free", "90");
    const { code, stderr } = await site.pobsync.run("backup", "web1");
    await site.ok("configure-global", "--min-free", "0");
    expect(code).toBe(1);
    expect(stderr).toMatch(/✗ Only \d+\.\d % of the bytes on \S+ are free; --min-free asks for 90 %\./);
    expect(stderr).not.toContain("Transferring");
  });

  it("fails the backup that filled it, keeps the snapshots, and takes smaller backups again", async () => {
    await onSmallDisk({}, async (own) => {
      expect(await own.backup()).toMatchObject({ exit: 0 });
      const good = (await own.ok("--json", "snapshots")).json().items;
      writeFileSync(join(own.source, "big"), randomBytes(seededRandom(1), 20_000_000));
      const { exit, problem, dataPath, stderr } = await own.backup();
      rmSync(join(own.source, "big"));
      expect({ exit, dataPath, ...problem }).toMatchObject({
        exit: 1,
        dataPath: null,
        code: "server_disk_full",
        message: "The backup disk ran full.",
        detail: expect.stringContaining("No space left on device"),
      });
      expect(stderr).toContain("→ Free space on the backup disk");
      expect((await own.ok("--json", "snapshots")).json().items).toEqual(good);
      // What the failed attempt had received must not keep everybody else out.
      expect(await own.backup()).toMatchObject({ exit: 0, status: "succeeded" });
    });
  });

  it("of inodes is told from one that is full of bytes", async () => {
    await onSmallDisk({ inodes: 64 }, async (own) => {
      for (let n = 0; n < 200; n++) writeFileSync(join(own.source, `n${n}`), "");
      const { exit, problem } = await own.backup();
      for (let n = 0; n < 200; n++) rmSync(join(own.source, `n${n}`));
      expect({ exit, ...problem }).toMatchObject({
        exit: 1,
        code: "server_inodes_full",
        message: "The backup disk ran out of inodes.",
        hint: expect.stringContaining("inodes"),
      });
      expect(await own.backup()).toMatchObject({ exit: 0, status: "succeeded" });
    });
  });

  it("that has become read-only fails the backup with the reason of the kernel", async () => {
    await onSmallDisk({}, async (own, disk) => {
      execFileSync("mount", ["-o", "remount,ro", disk]);
      expect(await own.backup()).toMatchObject({
        exit: 1,
        problem: { code: "server_write_failed", detail: expect.stringContaining("EROFS") },
      });
    });
  });
});
