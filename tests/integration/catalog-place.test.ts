// What lies where a host's catalog should be is named, with the command that helps; nobody waits for it and nothing is lost.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { withFailingFile } from "../support/failing-file.ts";
import { runTool } from "../support/tool.ts";

let site: BackupSite;
let source = "";
beforeAll(async () => {
  site = await makeSite();
  source = site.world.hostDir;
  for (let n = 0; n < 1000; n += 1) writeFileSync(join(source, `file ${n}`), "");
  for (const host of ["web1", "db1"]) {
    await site.configureHost(host, null, "--source", source);
    await site.backUp(host);
  }
  await site.ok("ls", "db1");
  await site.ok("ls", "web1");
});
afterAll(() => site.world.dispose());

const catalog = (): string => site.pathOf("web1", "catalog.sqlite3");
const lose = (): void => {
  for (const suffix of ["", "-wal", "-shm"])
    rmSync(`${catalog()}${suffix}`, { force: true, recursive: true });
};
const said = async (exit: number, ...args: string[]): Promise<string> => {
  const { code, stderr } = await site.pobsync.run(...args);
  expect({ code, stderr }).toMatchObject({ code: exit });
  return stderr;
};

describe("something that is no file where the catalog should be", () => {
  afterEach(lose);

  it.each([
    ["a folder", () => mkdirSync(join(catalog(), "with something in it"), { recursive: true })],
    ["a pipe", () => runTool("mkfifo", [catalog()])],
    ["a device", () => runTool("mknod", [catalog(), "c", "1", "5"])],
    ["a link to /nowhere/else, where nothing is", () => symlinkSync("/nowhere/else", catalog())],
  ] as const)("%s is named, and the command that is given puts it right", async (what, plant) => {
    lose();
    await plant();
    const message = await said(1, "ls", "web1");
    expect(message).toContain(`The catalog ${catalog()} is ${what}`);
    const json = await site.pobsync.run("--json", "versions", `web1:${source}`);
    expect(json.json().problem.code).toBe("catalog_unusable");
    const [, command = ""] = /from the snapshots: (mv .*)/.exec(message) ?? [];
    await runTool("sh", ["-c", command]);
    expect((await site.ok("ls", "web1")).stdout).toContain("as of");
    rmSync(`${catalog()}.moved`, { recursive: true });
  });

  it("keeps nobody from a file, a run, a backup or the other hosts", async () => {
    lose();
    await runTool("mkfifo", [catalog()]);
    expect((await site.ok("cat", `web1:${source}/file 1`)).stdout).toBe("");
    expect((await site.ok("--json", "show-run", "1")).json()).toMatchObject({ id: 1, changes: null });
    expect((await site.ok("backup", "web1")).stderr).toContain("is a pipe, not a file");
    const left = /web1 was left out: The catalog .* is a pipe, not a file/;
    expect(await said(3, "find", "file 1")).toMatch(left);
    expect(await said(3, "space")).toMatch(left);
    const space = (await site.pobsync.run("--json", "space")).json();
    expect(space).toMatchObject({
      items: [{ host: "db1" }],
      skipped: [{ host: "web1", problem: { code: "catalog_unusable" } }],
    });
  });
});

describe("a link", () => {
  it("to a catalog, or to the folder of a host, is followed", async () => {
    await site.ok("ls", "web1");
    const elsewhere = join(site.world.dir, "elsewhere");
    mkdirSync(elsewhere);
    renameSync(catalog(), join(elsewhere, "catalog"));
    symlinkSync(join(elsewhere, "catalog"), catalog());
    expect((await site.ok("--json", "find", "file", "--host", "web1")).json().items).toHaveLength(1000);
    renameSync(site.pathOf("web1"), join(elsewhere, "web1"));
    symlinkSync(join(elsewhere, "web1"), site.pathOf("web1"));
    expect((await site.ok("--json", "find", "file", "--host", "web1")).json().items).toHaveLength(1000);
    rmSync(join(elsewhere, "web1", "catalog.sqlite3"));
    expect((await site.ok("ls", "web1")).stderr).toMatch(/Indexing \d snapshots of web1/);
    expect(readdirSync(join(elsewhere, "web1"))).toContain("catalog.sqlite3");
    rmSync(site.pathOf("web1"));
    renameSync(join(elsewhere, "web1"), site.pathOf("web1"));
  });
});

describe("a folder of a host that is gone", () => {
  it("is what is said of it, and no folder is made", async () => {
    const aside = join(site.world.dir, "aside");
    renameSync(site.pathOf("web1"), aside);
    expect(await said(1, "ls", "web1")).toMatch(
      /There is no folder .*\/web1, where the snapshots should be\.\n→ .*discover-snapshots --host web1/,
    );
    expect(existsSync(site.pathOf("web1"))).toBe(false);
    renameSync(aside, site.pathOf("web1"));
  });
});

describe("a catalog on a disk that fails", () => {
  it("is said to be unusable and why, and files are read all the same", async () => {
    lose();
    await site.ok("ls", "web1");
    const bytes = readFileSync(catalog());
    // Its beginning cannot be read; it can, but then SQLite calls the rest malformed, and the mount keeps it from being removed.
    for (const [readableBytes, why] of [
      [0, "the disk fails"],
      [4096, "the disk fails"],
      [16_384, "it may not be written to"],
      [65_536, "it may not be written to"],
    ] as const)
      await withFailingFile(catalog(), bytes, readableBytes, async () => {
        const message = await said(1, "find", "file", "--host", "web1");
        expect(message).toContain(`The catalog ${catalog()} cannot be used as it is`);
        expect(message).toContain(why);
        expect(message).not.toContain("This is a bug");
        expect((await site.ok("cat", `web1:${source}/file 1`)).stderr).toBe("");
      });
    expect(readFileSync(catalog()).equals(bytes)).toBe(true);
    expect((await site.ok("find", "file", "--host", "web1")).stderr).toBe("");
  });

  it("that may not be written to, and is damaged, is not called missing", async () => {
    const root = site.world.backupRoot;
    writeFileSync(catalog(), "this is no database".repeat(1000));
    await runTool("mount", ["--bind", root, root]);
    try {
      await runTool("mount", ["-o", "remount,bind,ro", root]);
      expect(await said(1, "ls", "web1")).toContain(
        `The catalog ${catalog()} cannot be used as it is, and it cannot be made anew now: it may not be written to.`,
      );
    } finally {
      await runTool("umount", [root]);
    }
    expect((await site.ok("ls", "web1")).stderr).toContain(
      "The catalog of web1 was damaged and was made anew.",
    );
  });
});
