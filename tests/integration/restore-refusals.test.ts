// Restores that are refused before anything is touched, and targets that cannot take what they are sent.
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { pobsyncIn, pobsyncProgram } from "../support/pobsync.ts";
import { restore } from "../support/restoring.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { runTool } from "../support/tool.ts";
import { type TreeFacts, treeFacts } from "../support/tree-facts.ts";

let site: BackupSite;
let source = "";
let backups: TreeFacts;
const at = (...parts: string[]): string => join(site.world.dir, ...parts);

beforeAll(async () => {
  site = await makeSite();
  // Called like the folder of the world, so that it can be aimed at it.
  source = join(site.world.hostDir, basename(site.world.dir));
  mkdirSync(join(source, "backups"), { recursive: true });
  writeFileSync(join(source, "file"), "content");
  writeFileSync(join(source, "backups", "planted"), "must not get there");
  symlinkSync("/etc", join(source, "link"));
  truncateSync(join(source, "file"), 7);
  await site.configureHost("nas", null, "--source", source);
  await site.configureHost("empty", null, "--source", source);
  await site.backUp("nas");
  backups = await treeFacts(site.pathOf("nas", "snapshots"));
});
afterAll(() => site.world.dispose());
afterEach(async () => {
  expect(compareTrees(backups, await treeFacts(site.pathOf("nas", "snapshots")))).toEqual([]);
});

/** The code of the problem with which a restore is refused; no run is made for it. */
async function refusal(exit: number, ...args: string[]): Promise<string> {
  const runs = (await site.runs()).length;
  const document = (await restore(site, exit, ...args)) as unknown as { problem: { code: string } };
  expect(await site.runs()).toHaveLength(runs);
  return document.problem.code;
}

describe("what is asked for", () => {
  it.each([
    ["no target", []],
    ["a target in a variable that is not set", ["--to", ""]],
    ["two targets", ["--to", "/tmp/x", "--in-place"]],
    ["a look that is queued", ["--to", "/tmp/x", "--dry-run", "--queue"]],
    ["a folder with a control character", ["--to", "/tmp/a\nb"]],
    ["a folder without a name", ["--to-host", "nas:relative"]],
  ])("%s is refused", async (_, options) => {
    expect(await refusal(2, `nas:${source}`, ...options)).toBe("bad_input");
  });

  it("a host, snapshot or path that is not there is not found", async () => {
    for (const args of [
      ["nobody:/etc"],
      ["empty"],
      [`nas:${source}/nothing`],
      [`nas:${source}/file/below a file`],
      ["nas", "--snapshot", "20200101T000000Z-manual-000000"],
    ])
      expect(await refusal(5, ...args, "--to", at("never"))).toBe("not_found");
    expect(existsSync(at("never"))).toBe(false);
  });

  it("no link that the host had is followed: behind it are files of this server", async () => {
    expect(await refusal(2, `nas:${source}/link/hostname`, "--to", at("never"))).toBe("bad_input");
    await restore(site, 0, `nas:${source}/link`, "--to", at("linked"));
    expect(await runTool("readlink", [at("linked", "link")]).then(String)).toBe("/etc\n");
  });
});

describe("where it may not go", () => {
  it("is the backup root, by whatever way one gets there", async () => {
    const root = site.world.backupRoot;
    symlinkSync(root, at("a way in"));
    for (const dir of [root, join(root, "new"), join(root, "nas", "snapshots"), at("a way in", "x")])
      expect(await refusal(2, `nas:${source}/file`, "--to", dir, "--yes")).toBe("bad_input");
    // "backups" of the host would land on the backup root.
    expect(await refusal(2, `nas:${source}/backups`, "--to", at(), "--yes")).toBe("bad_input");
    expect(existsSync(join(root, "new"))).toBe(false);
  });

  it("is around the backup root with --delete; without it, nothing is written into it", async () => {
    const around = [`nas:${source}`, "--to", dirname(site.world.dir), "--yes"] as const;
    expect(await refusal(2, ...around, "--delete")).toBe("bad_input");
    const { run } = await restore(site, 0, ...around);
    expect(run?.status).toBe("succeeded");
    expect(readFileSync(at("file"), "utf8")).toBe("content");
    expect(existsSync(join(site.world.backupRoot, "planted"))).toBe(false);
  });

  it("is a file", async () => {
    writeFileSync(at("a file"), "stays");
    expect(await refusal(2, "nas", "--to", at("a file"), "--yes")).toBe("bad_input");
    expect(readFileSync(at("a file"), "utf8")).toBe("stays");
  });
});

describe("a target that cannot take it", () => {
  it("is too small: that is said before anything is written, with both numbers, and holes are no room", async () => {
    await withSmallDisk({ megabytes: 8 }, async (disk) => {
      const tree = join(site.world.hostDir, "large");
      mkdirSync(tree);
      writeFileSync(join(tree, "full"), Buffer.alloc(20_000_000, 1));
      writeFileSync(join(tree, "hole"), "");
      truncateSync(join(tree, "hole"), 100_000_000);
      await site.configureHost("large", null, "--source", tree);
      await site.backUp("large");
      const result = await site.pobsync.run("--json", "restore", "large", "--to", join(disk, "new"));
      expect(result.json().problem).toMatchObject({
        code: "restore_target_full",
        message: expect.stringMatching(/^It needs 20,0\d\d,\d{3} bytes, and [\d,]+ are free/),
      });
      expect(existsSync(join(disk, "new"))).toBe(false);
      await restore(site, 0, `large:${tree}/hole`, "--to", join(disk, "new"), "--check");
      // Many empty files take no bytes and no room that could be counted before.
      const many = join(site.world.hostDir, "many");
      mkdirSync(many);
      for (let n = 0; n < 4000; n += 1) writeFileSync(join(many, `${n}`), "");
      await site.configureHost("many", null, "--source", many);
      await site.backUp("many");
      const { run } = await restore(site, 1, "many", "--to", join(disk, "many"));
      expect(run?.problem?.code).toBe("restore_target_full");
    });
  });

  it("may not be written to", async () => {
    await withSmallDisk({ megabytes: 8 }, async (disk) => {
      await runTool("mount", ["-o", "remount,ro", disk]);
      for (const dir of [disk, join(disk, "new")]) {
        const { run } = await restore(site, 1, `nas:${source}/file`, "--to", dir);
        expect(run?.problem?.code).toBe("restore_target_unwritable");
      }
    });
  });

  it("has something that is protected: the rest is restored, and what was not is named", async () => {
    await restore(site, 0, `nas:${source}`, "--to", at("protected"));
    const file = at("protected", basename(source), "file");
    writeFileSync(file, "changed");
    await runTool("chattr", ["+i", file]);
    writeFileSync(at("protected", basename(source), "backups", "planted"), "changed too");
    try {
      const { run } = await restore(site, 1, `nas:${source}`, "--to", at("protected"), "--yes");
      expect(run?.problem).toMatchObject({
        code: "restore_target_unwritable",
        detail: expect.stringMatching(/file": Operation not permitted/),
      });
      const other = at("protected", basename(source), "backups", "planted");
      expect(readFileSync(other, "utf8")).toBe("must not get there");
    } finally {
      await runTool("chattr", ["-i", file]);
    }
  });

  it("is written to by somebody who is not root: owners are not restored, which is a warning", async () => {
    const own = await makeSite();
    await own.configureHost("nas", null, "--source", own.world.hostDir);
    writeFileSync(join(own.world.hostDir, "file"), "content");
    await own.backUp("nas");
    await runTool("chown", ["-R", "65534:65534", own.world.dir]);
    chownSync(own.world.dir, 65_534, 65_534);
    const program = join(own.world.dir, "pobsync");
    const nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    writeFileSync(program, `#!/bin/sh\nexec ${nobody} "${pobsyncProgram}" "$@"\n`, { mode: 0o755 });
    const pobsync = pobsyncIn(own.world, { program });
    const dir = join(own.world.dir, "restored");
    const result = await pobsync.run("--json", "restore", "nas", "--to", dir);
    await own.world.dispose();
    expect({ exit: result.code, ...result.json().run }).toMatchObject({
      ...{ exit: 3, status: "warning" },
      warnings: [{ code: "owners_not_restored" }],
    });
  });
});
