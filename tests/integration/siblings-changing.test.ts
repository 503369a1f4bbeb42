// Hosts of one trust group that change at random, and a first backup that is interrupted: every tree is exactly its own host's.
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { compareTrees } from "../support/compare-trees.ts";
import { plantTree } from "../support/hostile-tree.ts";
import { mutateTree } from "../support/mutate-tree.ts";
import { seededRandom } from "../support/random.ts";
import { content, GROUP, logOf, received, type SiblingSite, siblingSite } from "../support/sibling-site.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { treeFacts } from "../support/tree-facts.ts";
import { waitUntil } from "../support/wait-until.ts";

/** What rsync is known to do, with and without siblings. */
const LENIENT = { allowJoinedTwins: true, allowLostAttributes: true };

let sshd: TestSshd;
let site: SiblingSite;
let at: SiblingSite["at"];
let host: SiblingSite["host"];
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());
beforeEach(async () => {
  site = await siblingSite(sshd);
  ({ at, host } = site);
});
afterEach(() => site.world.dispose());

describe("hosts that change at random", { timeout: 300_000 }, () => {
  beforeEach(() => plantTree(site.source, { sparseMebibytes: 4 }));

  it("have exactly their own trees, round after round", async () => {
    const next = seededRandom(11);
    const hosts = ["web1", "web2"];
    for (const name of hosts) await host(name, ...GROUP, "--max-shrink", "100");
    for (let round = 0; round < 2; round += 1)
      for (const name of hosts) {
        await mutateTree(site.source, next);
        const done = await site.backUp(name);
        expect(await site.differences(done, LENIENT), `${name}, round ${round}`).toEqual([]);
      }
    for (const name of hosts)
      expect(await site.catalogued(name)).toEqual({ ways: ["log", "log"], wrong: [], wrongSums: [] });
  });

  it("have them with owners in attributes, too", async () => {
    const fakeSuper = ["--rsync-arg=--fake-super", "--max-shrink", "100"];
    for (const name of ["web1", "web2"]) await host(name, ...GROUP, ...fakeSuper);
    await host("alone", ...fakeSuper);
    await site.backUp("web1");
    await mutateTree(site.source, seededRandom(12));
    const [beside, alone] = [await site.backUp("web2"), await site.backUp("alone")];
    expect(logOf(beside)).toContain("Not sent again, because web1 has it here");
    expect(compareTrees(await treeFacts(site.treeOf(alone)), await treeFacts(site.treeOf(beside)))).toEqual(
      [],
    );
  });
});

it(
  "on btrfs a later backup takes from the other's subvolume what it has not, and changes nothing there",
  {
    timeout: 300_000,
  },
  () =>
    withSmallDisk({ megabytes: 1024, type: "btrfs" }, async (disk) => {
      const onDisk = await siblingSite(sshd, disk);
      try {
        await plantTree(onDisk.source, { sparseMebibytes: 4 });
        for (const name of ["web1", "web2"]) {
          await onDisk.host(name, ...GROUP, "--max-shrink", "100");
          await onDisk.backUp(name);
        }
        await mutateTree(onDisk.source, seededRandom(13));
        writeFileSync(onDisk.at("large"), content(3, 4_000_000));
        const first = await onDisk.backUp("web1");
        const before = await treeFacts(onDisk.treeOf(first));
        const second = await onDisk.backUp("web2");
        expect(second.run).toMatchObject({ sharing: "btrfs snapshot", sandbox: "bubblewrap" });
        expect(logOf(second)).toContain("Not sent again, because web1 has it here");
        expect(received(second)).toBeLessThan(1_000_000);
        expect(await onDisk.differences(second, LENIENT)).toEqual([]);
        expect(compareTrees(before, await treeFacts(onDisk.treeOf(first)))).toEqual([]);
      } finally {
        await onDisk.world.dispose();
      }
    }),
);

describe("a first backup that was interrupted", () => {
  it("goes on from what came, and from the other host's snapshot, and takes no more room", async () => {
    for (const [seed, name] of ["a", "b", "c"].entries()) writeFileSync(at(name), content(seed, 3_000_000));
    await host("web1", ...GROUP);
    await site.backUp("web1");
    for (const [seed, name] of ["own1", "own2", "z"].entries())
      writeFileSync(at(name), content(10 + seed, 3_000_000));
    await host("web2", ...GROUP, "--bwlimit", "3M");
    const backup = site.pobsync.start("--json", "backup", "web2");
    const tree = (): string => {
      const run = site.onDisk("web2", "incomplete")[0] ?? "none";
      return join(site.pathOf("web2", "incomplete", run, "received/tree"), site.source);
    };
    await waitUntil(() => existsSync(join(tree(), "own2")), { what: "two files to have come", everyMs: 5 });
    backup.child.kill("SIGTERM");
    expect((await backup.ended).code).toBe(130);
    await host("web2", "--bwlimit", "0");
    const came = statSync(join(tree(), "own1")).ino;
    const second = await site.backUp("web2");
    expect(await site.differences(second)).toEqual([]);
    expect(statSync(join(site.treeOf(second), "own1")).ino).toBe(came);
    expect(received(second)).toBeLessThan(4_000_000);
    expect(second.run).toMatchObject({ base: null, warnings: [] });
    // What the first attempt got was linked, of which rsync says no sum.
    expect(await site.catalogued("web2")).toMatchObject({ ways: ["walk"], wrong: [] });
    expect(await site.differences(await site.backUp("web2"))).toEqual([]);
  });
});
