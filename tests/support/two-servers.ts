// Two backup servers on one database. Both are on this machine, which makes no difference to them: what one keeps is not there for
// the other.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunJson } from "../../src/contract/types.ts";
import { type BackupSite, makeSite } from "./backup-site.ts";
import { type CommandResult, type Pobsync, pobsyncIn } from "./pobsync.ts";

export type TwoServers = {
  /** The first, which is configured. */
  site: BackupSite;
  /** The command line on the second, which has no root yet. */
  attic: Pobsync;
  atticRoot: string;
  /** A folder with a small file and one of 3 MB, which is backed up. */
  source: string;
  /** On the second. @throws Error with all it said when its exit code is not 0 */
  okThere(...args: string[]): Promise<CommandResult>;
  /** Makes or changes a host that is this machine itself, with `--json`. */
  addHost(pobsync: Pobsync, host: string, ...options: string[]): Promise<CommandResult>;
  newestRun(host: string): Promise<RunJson | undefined>;
};

/** Its owner calls `site.world.dispose()`. */
export async function makeTwoServers(): Promise<TwoServers> {
  const site = await makeSite();
  const source = join(site.world.hostDir, "source");
  mkdirSync(source);
  writeFileSync(join(source, "letter"), "dear Ada\n");
  writeFileSync(join(source, "large"), Buffer.alloc(3_000_000, 7));
  const attic = pobsyncIn(site.world, { environment: { POBSYNC_NODE: "attic" } });
  return {
    ...{ site, attic, source, atticRoot: join(site.world.dir, "attic") },
    async okThere(...args) {
      const result = await attic.run(...args);
      if (result.code === 0) return result;
      throw new Error(`${args.join(" ")} on attic ended with ${result.code}: ${result.stderr}`);
    },
    addHost: (pobsync, host, ...options) =>
      pobsync.run("--json", "configure-host", host, "--transport", "local", "--source", source, ...options),
    newestRun: async (host) => (await site.runs()).find((run) => run.host === host),
  };
}

export const problemOf = (result: CommandResult) => result.json().problem;
