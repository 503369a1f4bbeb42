// One host with a hostile tree, backed up again and again in a world of its own: what the history and kill tests share.
import { lstatSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BackupSite, makeSite } from "./backup-site.ts";
import { type History, makeHistory } from "./history.ts";
import { plantTree } from "./hostile-tree.ts";
import { mutateTree } from "./mutate-tree.ts";
import { randomBytes, seededRandom } from "./random.ts";
import type { TestSshd } from "./sshd.ts";

export type HostUnderTest = {
  site: BackupSite;
  host: string;
  source: string;
  history: History;
  /** Where its files come from; null: this machine. */
  sshd: TestSshd | null;
  random: () => number;
  /** Changes the source in every way, and adds a file that takes a third of a second to send. Says what it did. */
  change(): Promise<string>;
};

/** Bytes a second at most, so that there is a middle of a transfer. */
const BANDWIDTH = 16 * 1024 * 1024;

/** With a first snapshot. Its owner calls `site.world.dispose()`. @param seed of all that is random about it */
export async function makeHostUnderTest(
  sshd: TestSshd | null,
  seed: number,
  options: Parameters<typeof makeSite>[0] & { configure?: readonly string[] } = {},
): Promise<HostUnderTest> {
  const { configure = [], ...world } = options;
  const site = await makeSite(world);
  const source = site.world.hostDir;
  const random = seededRandom(seed);
  const history = makeHistory(site, "host", source);
  try {
    await plantTree(source, { sparseMebibytes: 16 });
    // Random changes may well delete the biggest file.
    const options = ["--bwlimit", `${BANDWIDTH}`, "--max-shrink", "100", ...configure];
    await site.configureHost("host", sshd, "--source", source, ...options);
    await site.backUp("host");
    const wrong = await history.differences();
    if (wrong.length > 0) throw new Error(`the first snapshot: ${wrong.join("\n")}`);
  } catch (error) {
    await site.world.dispose();
    throw error;
  }
  return {
    site,
    host: "host",
    source,
    history,
    sshd,
    random,
    async change() {
      const changes = await mutateTree(source, random);
      const slow = join(source, "slow");
      // A random change may have made a folder of it.
      if (lstatSync(slow, { throwIfNoEntry: false })?.isFile() === false) rmSync(slow, { recursive: true });
      writeFileSync(slow, randomBytes(random, BANDWIDTH / 3));
      return changes.map(({ kind, path, newName }) => `${kind} ${path} ${newName}`).join("; ");
    },
  };
}

/** Changes the source, backs it up, and says in sentences what is wrong with any snapshot, old or new. */
export async function changeAndBackUp(under: HostUnderTest): Promise<string[]> {
  const changes = await under.change();
  await under.site.backUp(under.host);
  const found = [...(await under.history.differences()), ...(await under.history.contradictions())];
  return found.map((line) => `${line} (after ${changes})`);
}
