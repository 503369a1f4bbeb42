// pobsync as an ordinary user: what only root could give a file is kept in attributes, shown as it was, and given back.
import { execFileSync } from "node:child_process";
import { chmodSync, lchownSync, lstatSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCatalog } from "../../src/catalog/catalog.ts";
import type { BackupDone } from "../support/backup-site.ts";
import { cataloguedLines, walkedLines } from "../support/catalog-walk.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { discover, loseDatabase } from "../support/discovery.ts";
import { planted, plantTree } from "../support/hostile-tree.ts";
import { makeOrdinarySite, ORDINARY_USER, type OrdinarySite } from "../support/ordinary-user.ts";
import { restore } from "../support/restoring.ts";
import { type TreeFacts, treeFacts } from "../support/tree-facts.ts";

let at: OrdinarySite;
let source: string;
let expected: TreeFacts;
let first: BackupDone;
let second: BackupDone;

beforeAll(async () => {
  at = await makeOrdinarySite();
  source = join(at.site.world.hostDir, "srv", "tree");
  await plantTree(source, { sparseMebibytes: 16 });
  expected = await treeFacts(source);
  await at.site.configureHost("web1", at.sshd, "--source", source);
  first = await at.site.backUp("web1");
  second = await at.site.backUp("web1");
});
afterAll(() => at.dispose());

const stored = (one: BackupDone, path = ""): string => join(`${one.snapshot.dataPath}${source}`, path);
const found = (...conditions: string[]): string =>
  execFileSync("find", [first.snapshot.path, ...conditions], { encoding: "latin1" });
/** Back to a folder of the host, where root writes. */
const backTo = (dir: string, ...more: string[]) =>
  restore(at.site, 0, "web1", "--to-host", `web1:${dir}`, ...more);

describe("a backup without root", () => {
  it("is received in a sandbox and says that owners are in attributes", () => {
    expect(first).toMatchObject({
      run: { status: "succeeded", sandbox: "bubblewrap", warnings: [] },
      snapshot: { fakeSuper: true },
    });
    const types = [...expected.entries.values()].map(({ type }) => type);
    expect(first.run.stats?.symlinks).toBe(types.filter((type) => type === "symlink").length);
  });

  it("holds nothing but files and folders of that user, without a set-uid bit among them", () => {
    expect(found("!", "-uid", `${ORDINARY_USER}`)).toBe("");
    expect(found("!", "-type", "f", "!", "-type", "d")).toBe("");
    expect(found("-perm", "/7000")).toBe("");
  });

  it("shares every unchanged file with the snapshot before it, links and devices included", () => {
    expect(second.run).toMatchObject({
      base: first.snapshot.name,
      stats: { newFiles: 0, newBytes: 0, copiedInsteadOfLinked: 0 },
    });
    for (const [path, { type }] of expected.entries) {
      if (type === "directory" || path.includes("\\")) continue;
      const inodes = [first, second].map((one) => lstatSync(stored(one, path)).ino);
      expect(inodes[1], path).toBe(inodes[0]);
    }
  });
});

describe("what is shown of it", () => {
  /** What a walk over the host's tree says, and what the catalog says of a snapshot, in the same lines. */
  const compared = (name: string): [string[], string[]] => {
    const above = `${source.slice(1)}/`;
    const catalog = openCatalog(at.site.pathOf("web1", "catalog.sqlite3"), "read");
    try {
      const lines = cataloguedLines(catalog, name).filter((line) => line.startsWith(above));
      return [walkedLines(source), lines.map((line) => line.slice(above.length))];
    } finally {
      catalog.close();
    }
  };

  it.each(["what rsync said", "a walk"])("is what the host has, indexed from %s", async (by) => {
    if (by === "a walk") rmSync(at.site.pathOf("web1", "catalog.sqlite3"));
    await at.site.ok("ls", "web1:/");
    for (const { snapshot } of [first, second]) {
      const [walked, catalogued] = compared(snapshot.name);
      expect(catalogued).toEqual(walked);
    }
  });

  it("a link is no file to whoever wants its content", async () => {
    const result = await at.site.pobsync.run("cat", `web1:${join(source, "links/relative")}`);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("is a symbolic link to ../plain/report.txt");
    expect((await at.site.ok("cat", `web1:${join(source, planted.closed)}`)).stdout).toBe("0000");
  });

  it("is known again when the database is made anew from the disk", async () => {
    await loseDatabase(at.site);
    await discover(at.site, 0, "--rebuild");
    const again = await at.site.snapshots("web1");
    expect(again.map(({ fakeSuper }) => fakeSuper)).toEqual([true, true]);
  });
});

describe("a change of the host", () => {
  it("of nothing but mode, owner or target is kept, and the older snapshot stays as it was", async () => {
    const before = await treeFacts(stored(first));
    chmodSync(join(source, planted.text), 0o4711);
    lchownSync(join(source, planted.empty), 77, 88);
    rmSync(join(source, planted.danglingLink));
    symlinkSync("elsewhere/at/all", join(source, planted.danglingLink));
    writeFileSync(join(source, "new"), "new");
    const changed = await treeFacts(source);
    const third = await at.site.backUp("web1");
    // The link that was replaced, and the file that is new.
    expect(third.run.stats).toMatchObject({ copiedInsteadOfLinked: 0 });
    const dir = join(at.site.world.dir, "third");
    await backTo(dir);
    expect(compareTrees(changed, await treeFacts(join(dir, source)), { allowLostAttributes: true })).toEqual(
      [],
    );
    expect(compareTrees(before, await treeFacts(stored(first)))).toEqual([]);
  });
});

describe("a restore to a host through root", () => {
  it.each(["first", "second"])(
    "brings back the %s snapshot: modes, owners, devices, links, ACLs, attributes, holes",
    async (which) => {
      const { snapshot } = which === "first" ? first : second;
      const dir = join(at.site.world.dir, which);
      const done = await backTo(dir, "--snapshot", snapshot.name, "--check");
      expect(compareTrees(expected, await treeFacts(join(dir, source)))).toEqual([]);
      expect(done).toMatchObject({ run: { status: "succeeded" }, checked: { differences: 0 } });
      expect(statSync(join(dir, source, planted.setuid)).mode & 0o7777).toBe(0o4755);
    },
  );
});

describe("a restore to a folder of this server", () => {
  it("says that owners cannot be given and gives contents, modes, times and links", async () => {
    const dir = join(at.site.world.stateDir, "here");
    const done = await restore(
      at.site,
      3,
      `web1:${source}/links`,
      "--to",
      dir,
      "--snapshot",
      first.snapshot.name,
    );
    expect(done.warnings[0]).toMatchObject({ code: "owners_not_restored" });
    // In a namespace of their own nobody has their other groups.
    expect(done.run).toMatchObject({ sandbox: "none" });
    const restored = await treeFacts(join(dir, "links"));
    for (const [path, facts] of restored.entries) {
      const { type, content, target, mtimeNs } =
        expected.entries.get(path === "." ? "links" : `links/${path}`) ?? {};
      expect(facts, path).toMatchObject({ type, content, target, mtimeNs, uid: ORDINARY_USER });
    }
  });
});

describe("the rest of the house", () => {
  it("doctor and check-host say which way is in force", async () => {
    const { findings } = (await at.site.pobsync.run("--json", "doctor")).json();
    const user = findings.find(({ what }: { what: string }) => what === "user");
    expect(user).toMatchObject({ problem: null, found: expect.stringContaining("--fake-super") });
    expect((await at.site.ok("check-host", "web1")).stdout).toContain("--fake-super");
  });

  it("verify reads everything, a drill compares everything, and a prune removes it", async () => {
    await at.site.ok("verify", "web1");
    await at.site.ok("drill", "web1", "--files", "2000");
    await at.site.ok("configure-host", "web1", "--keep-last", "1");
    await at.site.ok("retention", "web1", "--apply", "--yes");
    expect(at.site.onDisk("web1", "snapshots").length).toBe(1);
  });
});
