// The memory of a host's snapshots: how each was when it was made, to prove that it is still that.
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { BackupSite } from "./backup-site.ts";
import { compareTrees, type Leniency } from "./compare-trees.ts";
import { type TreeFacts, treeFacts } from "./tree-facts.ts";

export type History = {
  /** Sentences about snapshots that are not whole or went away, told from their folders alone; quick. */
  brokenOnes(): string[];
  /**
   * Sentences about what is wrong on disk: snapshots that changed, went away or are not whole. One that is seen for
   * the first time must be the source as it is now, and is remembered.
   */
  differences(): Promise<string[]>;
  /** Sentences about where SQL, `latest` and the disk contradict each other. */
  contradictions(): Promise<string[]>;
};

/** @param source the host's only source, whose files don't change while a backup runs */
export function makeHistory(site: BackupSite, host: string, source: string): History {
  /** Null: it was seen, but its tree has not been looked at. */
  const remembered = new Map<string, TreeFacts | null>();
  // What rsync is known not to do: hard links of the base stay so as long as nothing else about them changes; a file
  // of which only owner, mode or attributes changed is copied from the base with its holes filled; see also
  // allowLostAttributes.
  const leniency: Leniency = { allowJoinedTwins: true, ignoreHoles: true, allowLostAttributes: true };
  const folderOf = (name: string): string => site.pathOf(host, "snapshots", name);

  const brokenOnes = (): string[] => {
    const names = site.onDisk(host, "snapshots");
    for (const name of names) if (!remembered.has(name)) remembered.set(name, null);
    const lost = [...remembered.keys()].filter((name) => !names.includes(name));
    const found = lost.map((name) => `${name}: is gone`);
    for (const name of names) {
      const wrong = whatIsMissing(folderOf(name), host, name, source);
      if (wrong !== null) found.push(`${name}: ${wrong}`);
    }
    return found;
  };

  const lookInto = async (name: string): Promise<string[]> => {
    const before = remembered.get(name) ?? null;
    const now = await treeFacts(folderOf(name));
    if (before !== null) return compareTrees(before, now).map((line) => `changed: ${line}`);
    remembered.set(name, now);
    const found = await treeFacts(join(folderOf(name), "data", source));
    return compareTrees(await treeFacts(source), found, leniency).map((line) => `is not the source: ${line}`);
  };

  return {
    brokenOnes,
    async differences() {
      const found = brokenOnes();
      if (found.length > 0) return found;
      for (const name of site.onDisk(host, "snapshots"))
        found.push(...(await lookInto(name)).map((line) => `${name}: ${line}`));
      return found;
    },
    async contradictions() {
      const [snapshots, runs] = await Promise.all([site.snapshots(host), site.runs()]);
      const onRecord = snapshots.map(({ name }) => name).sort();
      const onDisk = site.onDisk(host, "snapshots");
      const found = [];
      if (`${onRecord}` !== `${onDisk}`) found.push(`on record are ${onRecord}, on disk ${onDisk}`);
      const [newest] = snapshots;
      const latest = newest && readlinkSync(site.pathOf(host, "latest"));
      if (newest && latest !== `snapshots/${newest.name}`)
        found.push(`latest is ${latest}, not ${newest.name}`);
      const open = runs.filter(({ status }) => status === "running" || status === "queued");
      found.push(...open.map(({ id, status }) => `run ${id} is ${status}`));
      const incomplete = site.onDisk(host, "incomplete");
      if (incomplete.length > 0) found.push(`incomplete holds ${incomplete}`);
      return found;
    },
  };
}

/** What keeps a folder from being a whole snapshot of the host, or null. */
function whatIsMissing(folder: string, host: string, name: string, source: string): string | null {
  const entries = `${readdirSync(folder).sort()}`;
  if (entries !== "data,rsync.log.gz,snapshot.json") return `holds ${entries}`;
  const metadata = JSON.parse(readFileSync(join(folder, "snapshot.json"), "utf8"));
  if (metadata.name !== name || metadata.host !== host) return "has another's snapshot.json";
  return existsSync(join(folder, "data", source)) ? null : "lacks the source";
}
