// Backups on the file systems that people have: every unchanged file is shared, and nothing is lost.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunJson } from "../../src/contract/types.ts";
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

const NAMES: [string, FileSystem, ...string[]][] = [
  ["ext4", "ext4"],
  ["xfs", "xfs"],
  ["btrfs", "btrfs"],
  ["btrfs, with links", "btrfs", "--btrfs-snapshots", "off"],
];

describe.each(NAMES)("on %s", (_, type, ...words) => {
  it("a second backup of a host shares every file with the first, and both are the host's tree", () =>
    withSmallDisk({ megabytes: 512, type }, async (disk) => {
      const done = await backUpTwice(disk, words, sshd, source, expected);
      expect(done).toMatchObject({ sandbox: "bubblewrap", stats: { newFiles: 0, newBytes: 0 } });
    }));

  it("so does one of what lies on such a disk itself, without a sandbox", () =>
    withSmallDisk({ megabytes: 512, type }, async (disk) => {
      const tree = join(disk, "tree");
      mkdirSync(tree);
      await plantTree(tree, { sparseMebibytes: 64 });
      const done = await backUpTwice(disk, words, null, tree, await treeFacts(tree));
      expect(done).toMatchObject({ stats: { newFiles: 0, newBytes: 0 } });
    }));
});

/** Backs a tree up onto the disk twice, holds both against it, and restores it. Returns the second run. */
async function backUpTwice(
  disk: string,
  words: readonly string[],
  through: TestSshd | null,
  tree: string,
  facts: TreeFacts,
): Promise<RunJson> {
  const site = await makeSite();
  try {
    const root = join(disk, "backups");
    mkdirSync(root);
    await site.ok("configure-global", "--backup-root", root, "--min-free", "0", ...words);
    await site.configureHost("web", through, "--source", tree);
    const [first, second] = [await site.backUp("web"), await site.backUp("web")];
    const stored = [first, second].map(({ snapshot }) =>
      joinBytes(Buffer.from(snapshot.dataPath), Buffer.from(tree.slice(1))),
    );
    for (const one of stored) expect(compareTrees(facts, await treeFacts(one))).toEqual([]);
    const [one, other] = await Promise.all(stored.map(inodes));
    expect(one?.length).toBeGreaterThan(20);
    expect(other).toEqual(one);
    const restored = join(disk, "restored");
    await site.ok("restore", `web:${tree}`, "--to", restored, "--yes");
    expect(compareTrees(facts, await treeFacts(Buffer.from(join(restored, basename(tree)))))).toEqual([]);
    return second.run;
  } finally {
    await site.world.dispose();
  }
}
