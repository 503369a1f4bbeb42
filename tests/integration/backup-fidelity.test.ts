// A snapshot is the host's tree, to the last attribute; nothing but cp is needed to get it back.
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupDone, type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { planted, plantTree } from "../support/hostile-tree.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";
import { type TreeFacts, treeFacts } from "../support/tree-facts.ts";
import { joinBytes } from "../support/tree-paths.ts";

let site: BackupSite;
let sshd: TestSshd;
let source: string;
let expected: TreeFacts;

beforeAll(async () => {
  [site, sshd] = await Promise.all([makeSite(), startSshd()]);
  source = site.world.hostDir;
  await plantTree(source, { sparseMebibytes: 64 });
  expected = await treeFacts(source);
});
afterAll(async () => {
  await site.world.dispose();
  await sshd.stop();
});

/** What a snapshot has at a path of the host. */
const kept = ({ snapshot }: BackupDone, path: string | Buffer): Buffer =>
  joinBytes(snapshot.dataPath, Buffer.from(path as string).subarray(1));

describe.each(["ssh", "local", "far"])("a backup of a host %s", (transport) => {
  let first: BackupDone;

  beforeAll(async () => {
    // One that is far away sends its whole list first.
    const more = transport === "far" ? ["--inc-recursive", "off"] : [];
    await site.configureHost(transport, transport === "local" ? null : sshd, "--source", source, ...more);
    first = await site.backUp(transport);
  });

  it("reproduces content, modes, owners, nanoseconds, ACLs, attributes, links, holes and special files", async () => {
    expect(compareTrees(expected, await treeFacts(kept(first, source)))).toEqual([]);
    expect(first.run).toMatchObject({ status: "succeeded", base: null, warnings: [], problem: null });
  });

  it("counts what it holds", () => {
    const types = [...expected.entries.values()].map(({ type }) => type);
    const count = (wanted: string): number => types.filter((type) => type === wanted).length;
    // The folders above the source, without the root, are entries too.
    const above = source.split("/").length - 2;
    expect(first.run.stats).toMatchObject({
      files: types.length + above,
      regularFiles: count("file"),
      symlinks: count("symlink"),
      directories: count("directory") + above,
      copiedInsteadOfLinked: 0,
    });
    expect(first.snapshot).toMatchObject({ files: types.length + above, state: "complete" });
  });

  it("leaves the source as it was", async () => {
    expect(compareTrees(expected, await treeFacts(source))).toEqual([]);
  });

  it("shares every unchanged file with the snapshot before it", async () => {
    const second = await site.backUp(transport);
    expect(second.run).toMatchObject({ base: first.snapshot.name, stats: { newFiles: 0, newBytes: 0 } });
    expect(compareTrees(expected, await treeFacts(kept(second, source)))).toEqual([]);
    for (const [path, { type }] of expected.entries) {
      if (type !== "file" || path.includes("\\")) continue;
      const inodes = [first, second].map((one) => statSync(join(`${kept(one, source)}`, path)).ino);
      expect(inodes[1], path).toBe(inodes[0]);
    }
    const used = (await runTool("du", ["-s", "--block-size=1", first.snapshot.path, second.snapshot.path]))
      .toString()
      .split("\n");
    // Folders cannot be shared; the five megabytes of content are.
    expect(Number.parseInt(used[1] ?? "", 10)).toBeLessThan(2_000_000);
  });

  it("gives the same tree back with cp alone", async () => {
    const restored = join(site.world.dir, `restored-${transport}`);
    await runTool("cp", ["-a", `${kept(first, source)}`, restored]);
    expect(compareTrees(expected, await treeFacts(restored))).toEqual([]);
  });

  it("keeps the modes, owners and times of the folders above a source", async () => {
    const above = join(site.world.dir, `above-${transport}`);
    const deep = join(above, "one/two/source");
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, "file"), "deep");
    writeFileSync(join(above, "one/sibling"), "not asked for");
    await runTool("chmod", ["2751", join(above, "one")]);
    await runTool("chown", ["4711:4712", join(above, "one/two")]);
    await runTool("setfacl", ["-m", "u:12345:r-x", join(above, "one/two")]);
    await runTool("touch", ["-d", "@1111111111.111111111", join(above, "one/two"), join(above, "one")]);
    await site.configureHost(`${transport}-deep`, transport === "local" ? null : sshd, "--source", deep);
    const done = await site.backUp(`${transport}-deep`);
    const differences = compareTrees(await treeFacts(above), await treeFacts(kept(done, above)));
    expect(differences).toEqual(["one/sibling: is missing"]);
  });

  it("is closed to everybody but its owner", () => {
    for (const folder of [site.pathOf(transport), site.pathOf(transport, "snapshots"), first.snapshot.path])
      expect((statSync(folder).mode & 0o077).toString(8), folder).toBe("0");
    expect(statSync(join(first.snapshot.path, "snapshot.json")).mode & 0o777).toBe(0o600);
    expect(statSync(`${kept(first, join(source, planted.setuid))}`).mode & 0o7777).toBe(0o4755);
  });
});
