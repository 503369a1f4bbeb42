// The backup root wherever an administrator may have put it: behind a link, with odd names, over a previous one.
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Pobsync, pobsyncIn } from "../support/pobsync.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { runTool } from "../support/tool.ts";
import { makeWorld, type World } from "../support/world.ts";

describe("a backup root", () => {
  let world: World;
  let pobsync: Pobsync;
  beforeEach(() => {
    world = makeWorld();
    pobsync = pobsyncIn(world);
  });
  afterEach(() => world.dispose());

  const setUp = async (root: string): Promise<void> => {
    mkdirSync(join(world.hostDir, "srv"));
    writeFileSync(join(world.hostDir, "srv", "kept"), "the same every day");
    expect((await pobsync.run("migrate")).code).toBe(0);
    expect((await pobsync.run("configure-global", "--backup-root", root)).code).toBe(0);
    const made = await pobsync.run(
      "configure-host",
      "ada",
      "--transport",
      "local",
      "--source",
      world.hostDir,
    );
    expect(made.code, made.stderr).toBe(0);
  };
  const backUp = async () => {
    const result = await pobsync.run("backup", "ada", "--json");
    expect(result.code, result.stderr).toBe(0);
    return result.json();
  };
  const inodeIn = (snapshot: { dataPath: string }): number =>
    statSync(join(snapshot.dataPath, world.hostDir, "srv", "kept")).ino;

  it("may be a link to a folder: unchanged files are shared all the same", async () => {
    const link = join(world.dir, "link");
    symlinkSync(world.backupRoot, link);
    await setUp(link);
    const [first, second] = [await backUp(), await backUp()];
    expect(second.run.stats.copiedInsteadOfLinked).toBe(0);
    expect(first.run.stats.receivedBytes).toBeGreaterThan(first.run.stats.sentBytes);
    expect(inodeIn(second.snapshot)).toBe(inodeIn(first.snapshot));
  });

  it("may have blanks, quotes, wildcards and a percent sign in its name", async () => {
    const root = join(world.dir, "back ups'%h [a-z]*");
    await setUp(root);
    const [first, second] = [await backUp(), await backUp()];
    expect(inodeIn(second.snapshot)).toBe(inodeIn(first.snapshot));
  });

  it("is left out of a backup of this machine that would reach into it, whatever its name looks like to rsync", async () => {
    const root = join(world.hostDir, "back [a-z]* ups");
    await setUp(root);
    await backUp();
    const second = await backUp();
    expect(second.run.stats.newFiles).toBe(0);
    expect(() => statSync(join(second.snapshot.dataPath, root))).toThrow(/ENOENT/);
  });

  it("is refused when its marker is gone, and when another installation's disk is mounted there", async () => {
    await setUp(world.backupRoot);
    await backUp();
    const marker = join(world.backupRoot, ".pobsync-root");
    const own = readFileSync(marker, "utf8");
    for (const content of [null, own.replace(/"id":"[^"]*"/, '"id":"another"')]) {
      rmSync(marker, { force: true });
      if (content !== null) writeFileSync(marker, content);
      const refused = await pobsync.run("backup", "ada", "--json");
      expect(refused.json().run.problem.code).toBe("root_not_mounted");
      expect(refused.code).toBe(1);
    }
  });

  it("is changed only to the moved root itself while snapshots are recorded there", async () => {
    await setUp(world.backupRoot);
    await backUp();
    const moved = join(world.dir, "moved");
    const refused = await pobsync.run("configure-global", "--backup-root", moved);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("1 snapshot is recorded");
    expect((await pobsync.run("configure-global", "--json")).json().backupRoot).toBe(world.backupRoot);
    cpSync(world.backupRoot, moved, { recursive: true, verbatimSymlinks: true });
    expect((await pobsync.run("configure-global", "--backup-root", moved)).code).toBe(0);
    expect((await backUp()).run.base).not.toBeNull();
  });
});

describe("the doctor", () => {
  it("asks for a disk on which set-uid programs and devices mean nothing, and is content with one", async () => {
    await withSmallDisk({ megabytes: 64 }, async (disk) => {
      const world = makeWorld();
      const pobsync = pobsyncIn(world);
      const root = join(disk, "root");
      const look = async () =>
        (await pobsync.run("--json", "doctor"))
          .json()
          .findings.find(({ what }: { what: string }) => what === "backup root");
      try {
        await pobsync.run("migrate");
        await pobsync.run("configure-global", "--backup-root", root, "--min-free", "0");
        await runTool("mount", ["-o", "remount,nodev", disk]);
        chmodSync(root, 0o755);
        expect(await look()).toMatchObject({
          ...{ found: root, problem: null, advice: expect.stringContaining("nosuid, noexec are missing") },
        });
        expect((await pobsync.run("doctor")).stdout).toContain(`chmod 700 ${root}`);
        await runTool("mount", ["-o", "remount,nosuid,nodev,noexec", disk]);
        chmodSync(root, 0o700);
        expect(await look()).toMatchObject({ found: root, problem: null, advice: null });
      } finally {
        await world.dispose();
      }
    });
  });
});
