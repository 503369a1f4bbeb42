// Hosts of one trust group, reached through one sshd and with one source, which changes between their backups as one machine
// differs from its clone.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { hostContext } from "../../src/actions/host-context.ts";
import { syncCatalog } from "../../src/actions/sync-catalog.ts";
import { indexedSnapshots, openCatalog } from "../../src/catalog/catalog.ts";
import { catalogFile } from "../../src/system/catalog-file.ts";
import { type BackupDone, type BackupSite, makeSite } from "./backup-site.ts";
import { cataloguedLines, walkedLines, wrongChecksums } from "./catalog-walk.ts";
import { clockedApp } from "./clocked-app.ts";
import { compareTrees, type Leniency } from "./compare-trees.ts";
import { randomBytes, seededRandom } from "./random.ts";
import type { TestSshd } from "./sshd.ts";
import { treeFacts } from "./tree-facts.ts";

export const GROUP = ["--trust-group", "image"];

export type SiblingSite = BackupSite & {
  readonly source: string;
  /** A path below the source. */
  at(path: string): string;
  host(name: string, ...options: string[]): Promise<void>;
  /** What a snapshot has of the source. */
  treeOf(done: BackupDone): string;
  /** Where a snapshot is not what the source is now. */
  differences(done: BackupDone, leniency?: Leniency): Promise<string[]>;
  /** Indexes a host's snapshots; returns in which way, and in sentences where the catalog does not say what a walk says. */
  catalogued(name: string): Promise<{ ways: string[]; wrong: string[]; wrongSums: string[] }>;
};

/**
 * Its owner calls `world.dispose()`.
 * @param disk a folder for all of it
 */
export async function siblingSite(sshd: TestSshd, disk?: string): Promise<SiblingSite> {
  const site = await makeSite(disk === undefined ? {} : { disk });
  const source = site.world.hostDir;
  const treeOf = ({ snapshot }: BackupDone): string => join(snapshot.dataPath, source);
  return {
    ...site,
    source,
    at: (path) => join(source, path),
    host: (name, ...options) => site.configureHost(name, sshd, "--source", source, ...options),
    treeOf,
    differences: async (done, leniency) =>
      compareTrees(await treeFacts(source), await treeFacts(treeOf(done)), leniency),
    catalogued: async (name) => {
      const app = await clockedApp(site, "2026-11-24T12:00");
      try {
        await syncCatalog(app, site.world.backupRoot, (await hostContext(app, name)).host);
      } finally {
        await app.close();
      }
      return heldAgainstWalks(site, name);
    },
  };
}

function heldAgainstWalks({ world, pathOf }: BackupSite, name: string) {
  const catalog = openCatalog(catalogFile(world.backupRoot, name), "read");
  const found = indexedSnapshots(catalog).map((one) => ({
    ...one,
    data: pathOf(name, "snapshots", one.name, "data"),
  }));
  const wrong = found.flatMap(({ name: snapshot, data }) => {
    const [said, walked] = [cataloguedLines(catalog, snapshot), walkedLines(data)];
    return [
      ...walked.filter((line) => !said.includes(line)).map((line) => `not in the catalog: ${line}`),
      ...said.filter((line) => !walked.includes(line)).map((line) => `only in the catalog: ${line}`),
    ];
  });
  const newest = found.at(-1);
  const wrongSums = newest === undefined ? [] : wrongChecksums(catalog, newest.name, newest.data);
  catalog.close();
  return { ways: found.map(({ way }) => way), wrong, wrongSums };
}

/** What a snapshot's log says. */
export const logOf = ({ snapshot }: BackupDone): string =>
  gunzipSync(readFileSync(join(dirname(snapshot.dataPath), "rsync.log.gz"))).toString("latin1");

/** Bytes that came over the wire. */
export const received = ({ run }: BackupDone): number => run.stats?.receivedBytes ?? Number.NaN;

export const content = (seed: number, bytes: number): Buffer => randomBytes(seededRandom(seed), bytes);
