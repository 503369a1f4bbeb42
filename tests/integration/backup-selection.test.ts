// What is backed up is what was asked for: sources of any name, patterns of any look, and never the backups themselves.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupDone, type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { pathBytes, pathText } from "../support/path-text.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { treeFacts } from "../support/tree-facts.ts";
import { joinBytes, pathsBelow } from "../support/tree-paths.ts";

let site: BackupSite;
let sshd: TestSshd;

beforeAll(async () => {
  [site, sshd] = await Promise.all([makeSite(), startSshd()]);
});
afterAll(async () => {
  await site.world.dispose();
  await sshd.stop();
});

/** Makes files with their folders, by path as text below a new folder, and returns that. */
function plant(name: string, paths: readonly string[]): string {
  const dir = join(site.world.hostDir, name);
  for (const text of paths) {
    const path = joinBytes(dir, pathBytes(text));
    const isFolder = text.endsWith("/");
    mkdirSync(isFolder ? path : path.subarray(0, path.lastIndexOf("/")), { recursive: true });
    if (!isFolder) writeFileSync(path, `content of ${text}`);
  }
  return dir;
}

/** Paths as text of what a snapshot has below a folder of the host; of folders only the empty ones. */
function keptBelow({ snapshot }: BackupDone, dir: string): string[] {
  const tree = join(snapshot.dataPath, dir);
  return pathsBelow(tree)
    .filter((path) => !path.isDirectory || readdirSync(path.absolute).length === 0)
    .map((path) => pathText(path.relative))
    .sort();
}

describe.each(["ssh", "local"])("by %s, a backup", (transport) => {
  const over = (): TestSshd | null => (transport === "ssh" ? sshd : null);
  const host = (name: string): string => `${transport}-${name}`;
  const backUpSources = async (
    name: string,
    sources: string[],
    ...options: string[]
  ): Promise<BackupDone> => {
    const wanted = sources.flatMap((source) => ["--source", source]);
    await site.configureHost(host(name), over(), ...wanted, ...options);
    return site.backUp(host(name));
  };

  it("takes sources of any name, folders and files, each at its absolute path, and nothing beside them", async () => {
    const odd = [
      "with blanks  and 'quotes' \"of both kinds\"",
      "new\\nline\\tand tab",
      "back\\\\slash",
      "*",
      "[a]?",
      "not UTF-8: \\xff\\xe9",
      "ünïcödé 日本",
      "-rf --delete",
      "$(touch x); `touch y` & #z",
      "trailing blank ",
      "a:b@c",
      "~root",
    ];
    const paths = odd.flatMap((name) => [`${name}/in the folder`, `${name}.file`]);
    const beside = ["aside", "a", "x", "new", "not UTF-8: "];
    const dir = plant(host("odd"), [...paths, ...beside]);
    const sources = odd.flatMap((name) => [`${dir}/${name}`, `${dir}/${name}.file`]);
    const done = await backUpSources("odd", sources);
    expect(keptBelow(done, dir)).toEqual([...paths].sort());
    // And once more onto a base, where every source is compared.
    const again = await site.backUp(host("odd"));
    expect(again.run.stats).toMatchObject({ newFiles: 0, regularFiles: paths.length });
    expect(keptBelow(again, dir)).toEqual([...paths].sort());
  });

  it("takes nested sources once, and each of several sources with its absolute path", async () => {
    const dir = plant(host("nested"), ["a/b/inner", "a/outer", "a/b/c/", "other/file", "unasked/file"]);
    const done = await backUpSources("nested", [`${dir}/a/b`, `${dir}/a`, `${dir}/other`]);
    expect(keptBelow(done, dir)).toEqual(["a/b/c", "a/b/inner", "a/outer", "other/file"]);
    const found = await treeFacts(join(done.snapshot.dataPath, dir, "a"));
    expect(compareTrees(await treeFacts(join(dir, "a")), found)).toEqual([]);
  });

  it("leaves out what an exclude names, and keeps what an include named first", async () => {
    const dir = plant(host("patterns"), [
      "keep.txt",
      "drop.tmp",
      "precious.tmp",
      "cache/x",
      "deep/cache/y",
      "deep/kept",
      "- dash",
      "+ plus",
      "!",
      "!bang",
      "; semicolon",
      "# hash",
      "with blank.iso",
      ". dot",
      "emptied/drop.tmp",
    ]);
    const patterns = [
      "- dash",
      "+ plus",
      "!",
      "; semicolon",
      "# hash",
      ". dot",
      "*.tmp",
      "cache/",
      "with blank.*",
    ];
    const done = await backUpSources(
      "patterns",
      [dir],
      "--include",
      "precious.tmp",
      ...patterns.flatMap((pattern) => ["--exclude", pattern]),
    );
    expect(keptBelow(done, dir)).toEqual(["!bang", "deep/kept", "emptied", "keep.txt", "precious.tmp"]);
  });

  it("anchors a pattern that begins with a slash at the host's root, and adds the global excludes", async () => {
    const dir = plant(host("anchored"), ["skip/a", "deep/skip/b", "c.global", "d.own", "e"]);
    await site.ok("configure-global", "--exclude", "*.global");
    const options = ["--exclude", `${dir}/skip`, "--exclude", "*.own"];
    const done = await backUpSources("anchored", [dir], ...options);
    expect(keptBelow(done, dir)).toEqual(["deep/skip/b", "e"]);
  });

  it("crosses into other file systems, unless told not to", async () => {
    await withSmallDisk({ megabytes: 4 }, async (mountPoint) => {
      writeFileSync(join(mountPoint, "on the disk"), "");
      const dir = dirname(mountPoint);
      const [disk] = mountPoint.split("/").slice(-1);
      const options = ["--exclude", "/tmp/**/image"];
      const across = await backUpSources("mounts", [dir], ...options);
      expect(keptBelow(across, dir)).toEqual([`${disk}/on the disk`]);
      await site.configureHost(host("one-mount"), over(), "--source", dir, ...options, "--one-file-system");
      expect(keptBelow(await site.backUp(host("one-mount")), dir)).toEqual([disk]);
      // A source that is itself another file system was asked for.
      await site.configureHost(host("the-mount"), over(), "--source", mountPoint, "--one-file-system");
      expect(keptBelow(await site.backUp(host("the-mount")), mountPoint)).toEqual(["on the disk"]);
    });
  });

  it("tried with --dry-run changes nothing and says what would come", async () => {
    const dir = plant(host("dry"), ["one", "two"]);
    await backUpSources("dry", [dir]);
    writeFileSync(join(dir, "three"), "123");
    const before = await treeFacts(site.world.backupRoot);
    const runsBefore = await site.runs();
    const { preview, run, snapshot } = (await site.ok("--json", "backup", host("dry"), "--dry-run")).json();
    expect([run, snapshot]).toEqual([null, null]);
    expect(preview).toMatchObject({ stats: { newFiles: 1, newBytes: 3, regularFiles: 3 }, warnings: [] });
    expect(compareTrees(before, await treeFacts(site.world.backupRoot))).toEqual([]);
    expect(await site.runs()).toEqual(runsBefore);
  });
});

describe("a backup of this machine", () => {
  it("leaves the backup root out, wherever it lies and whatever is in its name", async () => {
    const dir = plant("around", ["file", "backups/not ours", "deep [x]*/aside"]);
    const root = join(dir, "deep [x]*", "ba?ckups");
    mkdirSync(root);
    const other = await makeSite();
    try {
      await other.ok("configure-global", "--backup-root", root);
      await other.configureHost("this", null, "--source", dir);
      for (const _ of ["first", "second"]) {
        const done = await other.backUp("this");
        expect(keptBelow(done, dir)).toEqual(["backups/not ours", "deep [x]*/aside", "file"]);
      }
      expect(existsSync(join(root, "this", "snapshots"))).toBe(true);
    } finally {
      await other.world.dispose();
    }
  });
});
