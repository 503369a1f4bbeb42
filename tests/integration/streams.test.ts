// Several streams bring what one stream brings: every fact of every entry, and names of one file are names of one file.
import { linkSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostContext } from "../../src/actions/host-context.ts";
import { syncCatalog } from "../../src/actions/sync-catalog.ts";
import { indexedSnapshots, openCatalog } from "../../src/catalog/catalog.ts";
import { catalogFile } from "../../src/system/catalog-file.ts";
import { type BackupDone, type BackupSite, makeSite } from "../support/backup-site.ts";
import { cataloguedLines, walkedLines, wrongChecksums } from "../support/catalog-walk.ts";
import { clockedApp } from "../support/clocked-app.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { changeAndBackUp, makeHostUnderTest } from "../support/host-under-test.ts";
import { plantTree } from "../support/hostile-tree.ts";
import { below, seededRandom } from "../support/random.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { treeFacts } from "../support/tree-facts.ts";

let sshd: TestSshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd.stop());

const logOf = ({ snapshot }: BackupDone): string =>
  gunzipSync(readFileSync(join(snapshot.path, "rsync.log.gz"))).toString("latin1");

describe.each(["on", "off"])("a host that lists its files bit by bit: %s", (incRecursive) => {
  it("is itself in the first snapshot and in later ones, and the catalog says the same", async () => {
    const configure = ["--streams", "3", "--inc-recursive", incRecursive];
    const under = await makeHostUnderTest(sshd, 21, { configure });
    try {
      for (let round = 0; round < 2; round += 1) expect(await changeAndBackUp(under)).toEqual([]);
      const { site } = under;
      const app = await clockedApp(site, "2026-11-24T12:00");
      await syncCatalog(app, site.world.backupRoot, (await hostContext(app, "host")).host);
      await app.close();
      const catalog = openCatalog(catalogFile(site.world.backupRoot, "host"), "read");
      expect(indexedSnapshots(catalog).map(({ way }) => way)).toEqual(Array(3).fill("log"));
      for (const name of site.onDisk("host", "snapshots")) {
        const data = site.pathOf("host", "snapshots", name, "data");
        expect(cataloguedLines(catalog, name), name).toEqual(walkedLines(data));
        expect(wrongChecksums(catalog, name, data), name).toEqual([]);
      }
      catalog.close();
    } finally {
      await under.site.world.dispose();
    }
  });
});

describe("names of one file in many folders", () => {
  let site: BackupSite;
  beforeAll(async () => {
    site = await makeSite();
  });
  afterAll(() => site.world.dispose());

  /** Groups of two to five names each, in random folders, and as many files of one name. */
  function plantGroups(source: string, seed: number): string[][] {
    const random = seededRandom(seed);
    const groups: string[][] = [];
    for (let n = 0; n < 200; n += 1) {
      const names = Array.from({ length: 1 + below(random, 5) }, (_, at) => {
        const folder = join(source, `f${below(random, 12)}`, `g${below(random, 3)}`);
        mkdirSync(folder, { recursive: true });
        return join(folder, `${n}-${at}`);
      });
      const [first = "", ...others] = names;
      writeFileSync(first, `${n}`.repeat(below(random, 2000)));
      for (const name of others) linkSync(first, name);
      groups.push(names);
    }
    return groups;
  }

  it.each(["on", "off"])("stay that, also where all of it changes (list bit by bit: %s)", async (wish) => {
    const source = join(site.world.hostDir, wish);
    const groups = plantGroups(source, 5);
    await site.configureHost(wish, sshd, "--source", source, "--streams", "4", "--inc-recursive", wish);
    const expectFaithful = async (): Promise<BackupDone> => {
      const done = await site.backUp(wish);
      const found = await treeFacts(join(done.snapshot.dataPath, source));
      expect(compareTrees(await treeFacts(source), found)).toEqual([]);
      return done;
    };
    const first = await expectFaithful();
    expect(logOf(first)).toContain("in 4 streams, as --streams 4 says");
    const random = seededRandom(6);
    for (let round = 0; round < 3; round += 1) {
      for (const names of groups) {
        const name = names[below(random, names.length)] ?? "";
        // New content, a new name, or both, or nothing.
        if (below(random, 2) === 0) writeFileSync(name, `${below(random, 1e9)}`.repeat(below(random, 900)));
        if (below(random, 3) === 0) {
          const further = join(
            source,
            `f${below(random, 12)}`,
            `new-${round}-${names.length}-${below(random, 1e9)}`,
          );
          linkSync(name, further);
          names.push(further);
        }
      }
      await expectFaithful();
    }
    const last = await site.backUp(wish);
    expect(last.run.stats).toMatchObject({ newFiles: 0, newBytes: 0 });
    expect(logOf(last)).not.toContain("streams");
  });
});

describe("what lies above the sources", () => {
  it("is in the snapshot as it is on the host", async () => {
    const site = await makeSite();
    try {
      const source = site.world.hostDir;
      await plantTree(source, { sparseMebibytes: 4 });
      await site.configureHost("all", sshd, "--source", source, "--streams", "8");
      const done = await site.backUp("all");
      expect(
        compareTrees(await treeFacts(source), await treeFacts(join(done.snapshot.dataPath, source))),
      ).toEqual([]);
      for (const path of ["/", "/tmp"])
        expect(statSync(`${done.snapshot.dataPath}${path}`, { bigint: true }).mode).toBe(
          statSync(path, { bigint: true }).mode,
        );
    } finally {
      await site.world.dispose();
    }
  });
});
