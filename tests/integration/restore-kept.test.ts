// What a restore with --delete leaves alone, and snapshots that lie where another tool made them.
import { linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Adopting, makeAdopting } from "../support/adopting.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { restore } from "../support/restoring.ts";
import { runTool } from "../support/tool.ts";
import { treeFacts } from "../support/tree-facts.ts";

const plant = (path: string, text = path): void => {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
};

describe("what no backup has", () => {
  let site: BackupSite;
  let source = "";
  beforeAll(async () => {
    site = await makeSite();
    source = join(site.world.hostDir, "srv");
    for (const name of ["kept", "sub/kept"]) plant(join(source, name));
    mkdirSync(join(source, "mounted"));
    await site.configureHost(
      ...(["nas", null, "--source", source, "--exclude", "*.iso", "--exclude", `${source}/cache/*`] as const),
      "--one-file-system",
    );
    await site.backUp("nas");
  });
  afterAll(() => site.world.dispose());

  it("excluded files and other file systems stay when everything else that the snapshot lacks is deleted", async () => {
    const gone = ["extra", "sub/extra", "extra folder/inside"];
    const stays = ["big.iso", "sub/big.iso", "cache/entry", "mounted/on another disk"];
    await runTool("mount", ["-t", "tmpfs", "none", join(source, "mounted")]);
    try {
      for (const name of [...gone, ...stays]) plant(join(source, name));
      const { preview } = await restore(site, 0, "nas", "--in-place", "--delete", "--yes");
      expect(preview.items.deleted.toSorted()).toEqual(
        [...gone, "extra folder"].map((name) => join(source, name)).toSorted(),
      );
      for (const name of [...stays, "kept", "sub/kept"])
        expect(readFileSync(join(source, name), "utf8")).toBe(join(source, name));
      for (const name of gone) expect(() => statSync(join(source, name))).toThrow();
    } finally {
      await runTool("umount", [join(source, "mounted")]);
    }
  });

  it("patterns that begin at the host's root also hold for one folder that is restored elsewhere", async () => {
    const other = join(site.world.dir, "other", "srv");
    for (const name of ["cache/entry", "x.iso", "extra"]) plant(join(other, name));
    const place = [`nas:${source}`, "--to", join(other, "..")] as const;
    const { preview } = await restore(site, 0, ...place, "--delete", "--yes");
    expect(preview.items.deleted).toEqual([join(other, "extra")]);
  });

  it("a file that is open or has another name keeps its content there: a new one takes its place", async () => {
    const file = join(source, "kept");
    writeFileSync(file, "changed by somebody");
    linkSync(file, join(site.world.dir, "another name"));
    await restore(site, 0, `nas:${file}`, "--in-place", "--yes");
    expect(readFileSync(file, "utf8")).toBe(file);
    expect(readFileSync(join(site.world.dir, "another name"), "utf8")).toBe("changed by somebody");
  });

  it("a host that is backed up from its root goes to a new disk with the root's own attributes, without --yes", async () => {
    const only = [
      "--include",
      "/etc/",
      "--include",
      "/etc/hostname",
      "--exclude",
      "/etc/*",
      "--exclude",
      "/*",
    ];
    await site.configureHost("root", null, "--source", "/", ...only);
    await site.backUp("root");
    const disk = join(site.world.dir, "new disk");
    mkdirSync(join(disk, "lost+found"), { recursive: true, mode: 0o700 });
    const done = await restore(site, 0, "root", "--to", disk, "--check");
    expect(done.preview).toMatchObject({ created: 3, overwritten: 0, unchanged: 0 });
    expect(statSync(disk).mode).toBe(statSync("/").mode);
    expect(readFileSync(join(disk, "etc/hostname"))).toEqual(readFileSync("/etc/hostname"));
    writeFileSync(join(disk, "other"), "");
    await restore(site, 0, "root", "--to", disk, "--delete", "--yes");
    expect(statSync(join(disk, "other")).isFile()).toBe(true);
    expect(statSync(join(disk, "lost+found")).isDirectory()).toBe(true);
  });

  it("without a trash, a catalog or a worker it works all the same, from any snapshot by name or date", async () => {
    writeFileSync(join(source, "kept"), "second");
    const { snapshot } = await site.backUp("nas");
    const oldest = (await site.snapshots("nas")).at(-1)?.name ?? "";
    const to = (name: string) => ["--to", join(site.world.dir, name)] as const;
    const file = `nas:${join(source, "kept")}`;
    expect((await restore(site, 0, file, "--snapshot", oldest, ...to("old"))).snapshot.name).toBe(oldest);
    expect((await restore(site, 0, file, ...to("new"))).snapshot).toEqual(snapshot);
    expect(readFileSync(join(site.world.dir, "old", "kept"), "utf8")).toBe(join(source, "kept"));
    expect(readFileSync(join(site.world.dir, "new", "kept"), "utf8")).toBe("second");
    await restore(site, 5, file, "--snapshot", "2001-01-01", ...to("never"));
  });
});

describe("a snapshot that lies where another tool made it", () => {
  let adopting: Adopting;
  let trees = "";
  beforeAll(async () => {
    adopting = await makeAdopting();
    trees = adopting.plainTrees("copies", 2);
    await runTool("chmod", ["2750", join(trees, "2024-01-02")]);
    await adopting.configure("at-root");
    await adopting.adopt(0, "at-root", "plain", trees);
    await adopting.configure("at-home");
    await adopting.adopt(0, "at-home", "plain", trees, "--of", "/home/ada");
  });
  afterAll(() => adopting.site.world.dispose());

  it("is read where it really lies, as a whole and by path, and is not touched", async () => {
    const { site } = adopting;
    const before = await treeFacts(trees);
    const tree = await treeFacts(join(trees, "2024-01-02"));
    const dir = (name: string) => join(site.world.dir, name);
    await restore(site, 0, "at-root", "--to", dir("root"), "--check");
    expect(compareTrees(tree, await treeFacts(dir("root")), { ignoreRoot: true })).toEqual([]);
    await restore(site, 0, "at-home", "--to", dir("home"), "--check");
    expect(compareTrees(tree, await treeFacts(join(dir("home"), "home/ada")))).toEqual([]);
    // Above it there is only a folder of ours, closed to everybody, which is no business of the host's.
    expect(statSync(join(dir("home"), "home")).mode & 0o777).toBe(0o777 & ~process.umask());
    await restore(site, 0, "at-home:/home/ada", "--to", dir("ada"), "--check");
    expect(compareTrees(tree, await treeFacts(join(dir("ada"), "ada")))).toEqual([]);
    await restore(site, 0, "at-home:/home/ada/sub/number", "--to", dir("file"), "--snapshot", "2024-01-01");
    expect(readFileSync(join(dir("file"), "number"), "utf8")).toBe("1");
    expect(compareTrees(before, await treeFacts(trees))).toEqual([]);
  });

  it("is no place to restore to, not even through a link", async () => {
    const { site } = adopting;
    const link = join(site.world.dir, "to the tree");
    symlinkSync(join(trees, "2024-01-02"), link);
    const before = await treeFacts(trees);
    for (const dir of [join(trees, "2024-01-01"), join(link, "deeper", "still")])
      await restore(site, 2, "at-root", "--to", dir, "--yes");
    expect(compareTrees(before, await treeFacts(trees))).toEqual([]);
  });
});
