// A host with a history of real snapshots that can be put back as it was before each prune, cheaply.
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type BackupSite, makeSite } from "./backup-site.ts";
import { compareTrees } from "./compare-trees.ts";
import { randomBytes, seededRandom } from "./random.ts";
import { runTool, runToolOn } from "./tool.ts";
import { type TreeFacts, treeFacts } from "./tree-facts.ts";
import { pathsBelow } from "./tree-paths.ts";

const [FOLDERS, FILES, OWN_FILES] = [40, 40, 80];
const SNAPSHOTS = 9;
/** What the policy keeps. */
export const KEPT = 2;
const HOST = "nas";

export type PruneWorld = {
  site: BackupSite;
  host: string;
  source: string;
  /** Newest first, each as it was when it was made. */
  snapshots: readonly { name: string; facts: TreeFacts; entries: number }[];
  /** The host's folder and the database as they were. @param keepsTrash whether removed snapshots stay in the trash for an hour */
  rebuild(keepsTrash: boolean): Promise<void>;
  /** Sentences about what of the rest is not as it was: other hosts, what lies beside the snapshots, and the files that all share. */
  differences(): Promise<string[]>;
};

/** Most files are the same in all snapshots; some are each one's own. Its owner calls `site.world.dispose()`. */
export async function makePruneWorld(seed: number): Promise<PruneWorld> {
  const site = await makeSite({ inFile: true });
  const { dir, backupRoot, hostDir: source, stateDir } = site.world;
  const random = seededRandom(seed);
  const pristine = join(dir, "pristine");
  const pathIn = (...parts: string[]): string => join(pristine, ...parts);
  const database = join(stateDir, "pobsync.sqlite3");
  try {
    await plantSource(source, random);
    await site.configureHost(HOST, null, "--source", source, "--keep-last", `${KEPT}`);
    const names: string[] = [];
    for (let n = 0; n < SNAPSHOTS; n += 1) {
      for (let file = 0; file < OWN_FILES; file += 1)
        writeFileSync(join(source, "own", `${file}`), randomBytes(random, 200 + file));
      names.unshift((await site.backUp(HOST)).snapshot.name);
    }
    plantNeighbours(site);
    mkdirSync(pristine);
    saveDatabase(database, pathIn("plain.sqlite3"));
    await site.ok("configure-host", HOST, "--trash-keep", "1h");
    saveDatabase(database, pathIn("trash.sqlite3"));
    renameSync(site.pathOf(HOST), pathIn(HOST));
    const snapshots = [];
    for (const name of names) {
      const facts = await treeFacts(pathIn(HOST, "snapshots", name));
      snapshots.push({ name, facts, entries: facts.entries.size - 1 });
    }
    const sharedBefore = await treeFacts(pristine);
    const others = await treeFacts(join(backupRoot, "laptop"));
    return {
      ...{ site, host: HOST, source, snapshots },
      async rebuild(keepsTrash) {
        await runTool("rm", ["-rf", "--", site.pathOf(HOST)]);
        // As links, but for what each snapshot has alone: the last name of that goes with it.
        await runTool("cp", ["-al", "--", pathIn(HOST), backupRoot]);
        for (const file of readdirSync(pathIn(HOST)).filter(isCatalog)) {
          rmSync(site.pathOf(HOST, file));
          copyFileSync(pathIn(HOST, file), site.pathOf(HOST, file));
        }
        for (const name of names) {
          const own = join("snapshots", name, "data", source, "own");
          await runTool("rm", ["-r", "--", site.pathOf(HOST, own)]);
          await runTool("cp", ["-a", "--", pathIn(HOST, own), site.pathOf(HOST, own)]);
          await runTool("touch", ["-r", pathIn(HOST, own, ".."), "--", site.pathOf(HOST, own, "..")]);
        }
        for (const suffix of ["-wal", "-shm"]) rmSync(`${database}${suffix}`, { force: true });
        copyFileSync(pathIn(keepsTrash ? "trash.sqlite3" : "plain.sqlite3"), database);
      },
      async differences() {
        const found: string[] = [];
        const same = (what: string, before: TreeFacts, now: TreeFacts): void => {
          found.push(
            ...compareTrees(before, now, { ignoreHardLinks: true }).map((line) => `${what}: ${line}`),
          );
        };
        same("another host", others, await treeFacts(join(backupRoot, "laptop")));
        same("what other snapshots share", sharedBefore, await treeFacts(pristine));
        for (const path of NEIGHBOURS)
          if (!existsSync(site.pathOf(HOST, path))) found.push(`${path} is gone`);
        return found;
      },
    };
  } catch (error) {
    await site.world.dispose();
    throw error;
  }
}

/** It is written to, where a snapshot never is. */
const isCatalog = (name: string): boolean => name.startsWith("catalog.");

/** Nothing of ours, beside what is. */
const NEIGHBOURS = [
  "incomplete/by hand/file",
  "snapshots/by hand/file",
  "trash/by hand/file",
  "logs/1.log.gz",
];

function plantNeighbours(site: BackupSite): void {
  for (const path of [...NEIGHBOURS.slice(0, 3).map((path) => join(HOST, path)), "laptop/snapshots/1/file"]) {
    mkdirSync(join(site.world.backupRoot, path, ".."), { recursive: true });
    writeFileSync(join(site.world.backupRoot, path), path);
  }
}

async function plantSource(source: string, random: () => number): Promise<void> {
  mkdirSync(join(source, "own"));
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    const path = join(source, "shared", `${folder % 4}`, `${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < FILES; file += 1)
      writeFileSync(join(path, `${file}`), randomBytes(random, 50 + file));
  }
  const at = (path: string): string => join(source, "shared", path);
  linkSync(at("0/0/0"), at("1/1/the same"));
  symlinkSync("/etc", at("link"));
  chmodSync(at("0/0/1"), 0o4755);
  chmodSync(at("0/0/2"), 0o000);
  chownSync(at("0/0/3"), 123_456, 654_321);
  chmodSync(at("2/2"), 0o500);
  const attribute = ["-h", "-n", "user.comment", "-v", "kept", "--"];
  await runToolOn([Buffer.from(at("0/0/4")), Buffer.from(at("3/3"))], "setfattr", attribute);
  const old = pathsBelow(source).map(({ absolute }) => absolute);
  await runToolOn(old, "touch", ["--no-dereference", "-d", "@1600000000.123456789", "--"]);
}

/** Nobody works with it at that moment. */
function saveDatabase(from: string, to: string): void {
  const db = new DatabaseSync(from);
  try {
    db.exec("pragma wal_checkpoint(truncate)");
  } finally {
    db.close();
  }
  copyFileSync(from, to);
}
