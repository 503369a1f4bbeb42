// The baseline of a restore: rsync with the arguments of pobsync's one real pass, started by hand.
//
// The command line comes from pobsync's own builder, so the two can't drift apart; `requireSameRestore` watches a real
// restore without a sandbox and sees that it runs just this.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nameList, restoreArgs } from "../src/system/restore-args.ts";
import type { Origin } from "../src/system/rsync-args.ts";
import { ENVIRONMENT, requireSeen, seeRsync } from "./seen-rsync.ts";
import type { Site } from "./site.ts";
import type { Cost } from "./statistics.ts";
import { timed } from "./timing.ts";

export type PlainRestore = {
  readonly argv: (dir: string) => string[];
  /** Restores to a folder that is not there yet. */
  readonly restore: (dir: string) => Promise<Cost>;
};

export type RestoreSource = {
  /** The tree of the snapshot: its folder `data`. */
  readonly data: string;
  /** What the host had backed up, an absolute path. */
  readonly source: string;
};

/** @param destination where the folders are: this machine, or a host behind ssh */
export function plainRestore(site: Site, { data, source }: RestoreSource, destination: Origin): PlainRestore {
  const names = join(site.dir, "names");
  writeFileSync(names, nameList([Buffer.from(source)]));
  const argv = (dir: string): string[] =>
    restoreArgs({
      ...{
        source: data,
        destination,
        remoteRsync: "rsync",
        bwlimit: 0,
        base: dir,
        asRoot: true,
        decoding: "none",
        makeBase: false,
      },
      ...{ delete: false, keep: [], leaveAlone: [], oneFileSystem: false, sandboxed: null },
      ...{ recursive: true, dryRun: false, existingOnly: false, byContent: false },
    });
  return {
    argv,
    restore: (dir) => {
      // On this server pobsync makes the folder before its first pass.
      if (destination.transport === "local") mkdirSync(dir);
      const output = join(site.dir, "rsync.log");
      return timed({ argv: argv(dir), env: ENVIRONMENT, cwd: site.dir, input: names, output });
    },
  };
}

/**
 * Restores by pobsync and looks at the pass that writes everything. Not measured.
 * @param words of the command, which restore to `dir`
 * @throws Error with both command lines when it isn't the one that the baseline runs
 */
export async function requireSameRestore(
  site: Site,
  plain: PlainRestore,
  words: readonly string[],
  dir: string,
): Promise<void> {
  await site.set("configure-global", "--sandbox", "off");
  const { seen } = await seeRsync(site, words, /^rsync (?!.*--dry-run).*--recursive/);
  await site.set("configure-global", "--sandbox", "auto");
  requireSeen(seen, plain.argv(dir));
}
