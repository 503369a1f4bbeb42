// Backups on the file systems that people have: every unchanged file is shared, and nothing is lost.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { plantTree } from "../support/hostile-tree.ts";
import { type FileSystem, withSmallDisk } from "../support/small-disk.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";
import { type TreeFacts, treeFacts } from "../support/tree-facts.ts";
import { joinBytes } from "../support/tree-paths.ts";

let sshd: TestSshd;
let folder: string;
let source: string;
let expected: TreeFacts;

beforeAll(async () => {
  sshd = await startSshd();
  folder = mkdtempSync(join(tmpdir(), "pobsync-source-"));
  source = join(folder, "tree");
  mkdirSync(source);
  await plantTree(source, { sparseMebibytes: 64 });
  expected = await treeFacts(source);
});
afterAll(async () => {
  await sshd.stop();
  rmSync(folder, { recursive: true });
});

/** Everything below a snapshot's copy of the source that is no folder, with the numbers of the files. */
const inodes = async (tree: Buffer): Promise<string[]> =>
  `${await runTool("find", [`${tree}`, "!", "-type", "d", "-printf", "%i %P\\0"])}`.split("\0").sort();

describe.each<FileSystem>(["ext4", "xfs", "btrfs"])("on %s", (type) => {
  it("a second backup shares every file with the first, and both are the host's tree", async () => {
    await withSmallDisk({ megabytes: 512, type }, async (disk) => {
      const site = await makeSite();
      const root = join(disk, "backups");
      mkdirSync(root);
      await site.ok("configure-global", "--backup-root", root, "--min-free", "0");
      await site.configureHost(type, sshd, "--source", source);
      const [first, second] = [await site.backUp(type), await site.backUp(type)];
      const trees = [first, second].map(({ snapshot }) =>
        joinBytes(Buffer.from(snapshot.dataPath), Buffer.from(source.slice(1))),
      );
      for (const tree of trees) expect(compareTrees(expected, await treeFacts(tree))).toEqual([]);
      const [one, other] = await Promise.all(trees.map(inodes));
      expect(one?.length).toBeGreaterThan(20);
      expect(other).toEqual(one);
      expect(second.run).toMatchObject({
        sandbox: "bubblewrap",
        stats: { newFiles: 0, newBytes: 0, copiedInsteadOfLinked: 0 },
      });
      const restored = join(disk, "restored");
      await site.ok("restore", `${type}:${source}`, "--to", restored, "--yes");
      const back = Buffer.from(join(restored, basename(source)));
      expect(compareTrees(expected, await treeFacts(back))).toEqual([]);
      await site.world.dispose();
    });
  });
});
