// Snapshots that are subvolumes of btrfs: as true as those that share by links, closed to all writing, and gone in one step.
import { existsSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { RunJson } from "../../src/contract/types.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { plantTree } from "../support/hostile-tree.ts";
import { mutateTree } from "../support/mutate-tree.ts";
import { seededRandom } from "../support/random.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { runTool } from "../support/tool.ts";
import { type TreeFacts, treeFacts } from "../support/tree-facts.ts";
import { joinBytes } from "../support/tree-paths.ts";

/** What rsync is known not to do; see history.ts. */
const KNOWN = { allowJoinedTwins: true, ignoreHoles: true, allowLostAttributes: true };

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

/** A site whose backup root, and whose host's files, lie on a disk of btrfs. */
interface OnBtrfs {
  readonly site: BackupSite;
  readonly source: string;
  readonly backUp: () => Promise<{ run: RunJson; data: string; facts: TreeFacts }>;
  /** Sentences about snapshots that are not what the source was then. */
  readonly differences: () => Promise<string[]>;
}

function onBtrfs(through: TestSshd | null, use: (here: OnBtrfs) => Promise<void>): Promise<void> {
  return withSmallDisk({ megabytes: 1024, type: "btrfs" }, async (disk) => {
    const site = await makeSite({ disk });
    const source = site.world.hostDir;
    const known: { data: string; facts: TreeFacts }[] = [];
    const stored = (data: string) => joinBytes(Buffer.from(data), Buffer.from(source.slice(1)));
    try {
      await plantTree(source, { sparseMebibytes: 16 });
      await site.ok("configure-global", "--min-free", "0", "--max-shrink", "100");
      await site.configureHost("web", through, "--source", source);
      await use({
        ...{ site, source },
        backUp: async () => {
          const facts = await treeFacts(source);
          const { run, snapshot } = await site.backUp("web");
          const done = { run, data: snapshot.dataPath, facts };
          known.push(done);
          return done;
        },
        differences: async () => {
          const found: string[] = [];
          for (const { data, facts } of known)
            if (existsSync(data)) found.push(...compareTrees(facts, await treeFacts(stored(data)), KNOWN));
          return found;
        },
      });
    } finally {
      await site.world.dispose();
    }
  });
}

const isReadOnly = async (data: string): Promise<boolean> =>
  `${await runTool("btrfs", ["property", "get", "-ts", data, "ro"])}`.trim() === "ro=true";

const subvolumesOf = async (disk: string): Promise<number> =>
  `${await runTool("btrfs", ["subvolume", "list", disk])}`.split("\n").filter((line) => line !== "").length;

/** Trees are held against each other again and again. */
const WITHIN_MS = 600_000;
vi.setConfig({ testTimeout: WITHIN_MS });
const WISHES = ["off", "auto", "auto", "off", "off", "auto"] as const;

describe.each([
  ["over ssh, in a sandbox", true],
  ["of this machine, without one", false],
])("backups %s", (_, isFar) => {
  it("are the host's tree each time, after changes of every kind, and nothing changes an older one", () =>
    onBtrfs(isFar ? sshd : null, async ({ site, source, backUp, differences }) => {
      const random = seededRandom(7);
      const { run, data } = await backUp();
      expect(run).toMatchObject({ sharing: "btrfs snapshot", sandbox: isFar ? "bubblewrap" : "none" });
      expect(await differences()).toEqual([]);
      for (let round = 0; round < 3; round++) {
        await mutateTree(source, random);
        const later = await backUp();
        expect(later.run).toMatchObject({ sharing: "btrfs snapshot", warnings: [] });
        expect(await differences()).toEqual([]);
        expect(await isReadOnly(later.data)).toBe(true);
      }
      expect(() => writeFileSync(join(data, "planted"), "")).toThrow(/EROFS/);
      expect(await site.ok("--json", "verify", "web").then((done) => done.json())).toMatchObject({
        damaged: [],
        unreadable: [],
      });
      expect(site.onDisk("web", "incomplete")).toEqual([]);
    }));

  it("are the same in several streams", () =>
    onBtrfs(isFar ? sshd : null, async ({ site, source, backUp, differences }) => {
      await site.ok("configure-host", "web", "--streams", "3");
      const random = seededRandom(8);
      for (let round = 0; round < 3; round++) {
        expect((await backUp()).run).toMatchObject({ sharing: "btrfs snapshot", warnings: [] });
        await mutateTree(source, random);
      }
      expect(await differences()).toEqual([]);
      expect(site.onDisk("web", "incomplete")).toEqual([]);
    }));

  it("bring nothing when nothing has changed, and share every file", () =>
    onBtrfs(isFar ? sshd : null, async ({ backUp, differences }) => {
      const [first, second] = [await backUp(), await backUp()];
      expect(second.run.stats).toMatchObject({ newFiles: 0, newBytes: 0, copiedInsteadOfLinked: 0 });
      expect(await differences()).toEqual([]);
      const inodes = async (data: string): Promise<string[]> =>
        `${await runTool("find", [data, "-printf", "%i %P\\0"])}`.split("\0").sort();
      expect(await inodes(second.data)).toEqual(await inodes(first.data));
      const exclusive = `${await runTool("btrfs", ["filesystem", "du", "-s", "--raw", second.data])}`;
      const [, ownBytes] = exclusive.trim().split("\n").at(-1)?.trim().split(/\s+/) ?? [];
      expect(ownBytes).toBe("0");
    }));

  it("go from links to subvolumes and back, and stay true", () =>
    onBtrfs(isFar ? sshd : null, async ({ site, source, backUp, differences }) => {
      const random = seededRandom(3);
      const begun: (string | null)[] = [];
      for (const wish of WISHES) {
        await site.ok("configure-global", "--btrfs-snapshots", wish);
        await mutateTree(source, random);
        const { run, data } = await backUp();
        begun.push(run.sharing);
        expect(statSync(data).ino === 256).toBe(wish === "auto");
        expect(await differences()).toEqual([]);
      }
      expect(begun).toEqual(WISHES.map((wish) => (wish === "auto" ? "btrfs snapshot" : "hard links")));
    }));
});

it("a snapshot goes in one step, comes back from the trash whole, and leaves no subvolume behind", () =>
  onBtrfs(sshd, async ({ site, source, backUp, differences }) => {
    const disk = join(source, "..");
    await site.ok("configure-global", "--keep-last", "1", "--trash-keep", "7d");
    for (const _ of [1, 2, 3]) {
      await mutateTree(source, seededRandom(_));
      await backUp();
    }
    const names = site.onDisk("web", "snapshots");
    await site.ok("retention", "web", "--apply", "--yes");
    expect(site.onDisk("web", "snapshots")).toHaveLength(1);
    await site.ok("restore-from-trash", "web", names[0] ?? "");
    expect(await differences()).toEqual([]);
    expect(await subvolumesOf(disk)).toBe(3);
    await site.ok("empty-trash", "web", "--yes");
    expect(await subvolumesOf(disk)).toBe(2);
    await site.ok("remove-host", "web", "--yes", "--delete-snapshots");
    expect(await subvolumesOf(disk)).toBe(0);
    expect(existsSync(site.pathOf("web"))).toBe(false);
  }));

it("a database that was lost finds them again, and their files in the catalog made anew", () =>
  onBtrfs(sshd, async ({ site, source, backUp }) => {
    for (const seed of [1, 2]) {
      await mutateTree(source, seededRandom(seed));
      await backUp();
    }
    const catalog = site.pathOf("web", "catalog.sqlite3");
    const before = (await site.ok("--json", "find", "*", "--host", "web")).json().items;
    renameSync(catalog, `${catalog}.away`);
    const after = (await site.ok("--json", "find", "*", "--host", "web")).json().items;
    expect(after).toEqual(before);
    const found = (await site.ok("--json", "discover-snapshots", "--host", "web")).json();
    expect(found).toMatchObject({ known: 2, missing: [], refused: [] });
  }));
