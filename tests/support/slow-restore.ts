// A restore that takes ten seconds, for tests that act in the middle of it.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunningCommand } from "./pobsync.ts";
import { waitUntil } from "./wait-until.ts";
import { makeWorkSite, type WorkSite } from "./work-site.ts";

/** So many files has the restored folder. */
export const SLOW_FILES = 40;

export type SlowRestore = {
  site: WorkSite;
  /** What host "web" has backed up twice; the newer snapshot has one file more. Retention would keep only that one. */
  source: string;
  oldest: string;
  newest: string;
  /** Where the folder lands. */
  landing: string;
  /** Names of the whole files that are there. */
  arrived(): string[];
  /** The arguments of the restore: the oldest snapshot, over ssh. */
  asked: string[];
  /** Begins it and waits until it is in the middle. */
  begin(): Promise<RunningCommand>;
  /** Of the newest run. */
  runId(): Promise<number>;
};

/** The owner calls `site.dispose()`. */
export async function makeSlowRestore(): Promise<SlowRestore> {
  const site = await makeWorkSite();
  const source = await site.addHost("web", SLOW_FILES, "fast");
  const oldest = (await site.backUp("web")).snapshot.name;
  writeFileSync(join(source, "later"), "");
  const newest = (await site.backUp("web")).snapshot.name;
  await site.ok("configure-host", "web", "--bwlimit", "1M", "--keep-last", "1");
  const target = join(site.world.dir, "target");
  const landing = join(target, "web");
  const arrived = (): string[] =>
    existsSync(landing) ? readdirSync(landing).filter((name) => !name.startsWith(".")) : [];
  const asked = [`web:${source}`, "--snapshot", oldest, "--to-host", `web:${target}`];
  return {
    ...{ site, source, oldest, newest, landing, arrived, asked },
    async begin() {
      const command = site.pobsync.start("--json", "restore", ...asked);
      const isUnderWay = () => arrived().length >= 3;
      await waitUntil(isUnderWay, { what: "files to arrive", everyMs: 5, deadlineMs: 20_000 });
      return command;
    },
    runId: async () => (await site.runs())[0]?.id ?? 0,
  };
}
