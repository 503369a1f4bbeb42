// Histories of other tools to be adopted, below the host folder of a test's world.
import { lutimesSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DiscoveryJson, SnapshotJson } from "../../src/contract/types.ts";
import { type BackupSite, makeSite } from "./backup-site.ts";
import { discover } from "./discovery.ts";

export type Adopting = {
  site: BackupSite;
  /** What the hosts of this site back up; holds one file. */
  source: string;
  /** Makes a folder. */
  folder(...path: string[]): string;
  configure(host: string): Promise<void>;
  /** `--adopt` with these arguments, which must end with that exit code. */
  adopt(exit: number, host: string, ...args: string[]): Promise<DiscoveryJson>;
  /** On record, oldest first. */
  ofHost(host: string): Promise<SnapshotJson[]>;
  /** A folder with so many folders that have a date in their names, each with its number in a file. */
  plainTrees(name: string, count: number): string;
};

/** Its owner calls `site.world.dispose()`. */
export async function makeAdopting(): Promise<Adopting> {
  const site = await makeSite();
  const folder = (...path: string[]): string => {
    const at = join(site.world.hostDir, ...path);
    mkdirSync(at, { recursive: true });
    return at;
  };
  const source = folder("source");
  writeFileSync(join(source, "file"), "content");
  return {
    site,
    source,
    folder,
    configure: (host) => site.configureHost(host, null, "--source", source),
    adopt: (exit, host, ...args) => discover(site, exit, "--host", host, "--adopt", ...args),
    ofHost: async (host) => (await site.snapshots(host)).toReversed(),
    plainTrees: (name, count) => {
      for (let number = 1; number <= count; number++) {
        const date = new Date(Date.UTC(2024, 0, number)).toISOString().slice(0, 10);
        writeFileSync(join(folder(name, date, "sub"), "number"), `${number}`);
      }
      return folder(name);
    },
  };
}

/** A moment in June 2024, in whole seconds. */
export const day = (number: number): Date => new Date(Date.UTC(2024, 5, number, 1, 2, 3));
/** Sets the time of a folder to that day. */
export const age = (path: string, number: number): void => lutimesSync(path, day(number), day(number));
