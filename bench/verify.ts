// How fast `pobsync verify` reads a cold disk again, against cat reading the same files.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { makeBigFiles, makeSmallFiles } from "./corpus.ts";
import { baselineRow, COST_COLUMNS, comparedRow, costText } from "./cost-rows.ts";
import { dataOf, readAgain } from "./read-again.ts";
import { countText, type Section, sizeText } from "./report.ts";
import { makeSite, type Site } from "./site.ts";
import { type Cost, spread } from "./statistics.ts";
import { timed } from "./timing.ts";
import { refuseWithoutRoot, type Volume, type VolumeSize, withVolumes } from "./volume.ts";

export type VerifySize = {
  /** How many small ones. */
  readonly files: number;
  /** Of each big one. */
  readonly megabytes: number;
};

/** A host, and what it has. */
type Tree = {
  readonly host: string;
  readonly sources: readonly string[];
  readonly files: number;
  readonly bytes: number;
};
const SIDES = ["cat", "sorted", "ours"] as const;
type Side = (typeof SIDES)[number];
type Round = Readonly<Record<Side, Cost>>;

/** Nine tenths of cat's bytes a second. */
const LIMIT = 1.11;
const SEED = 20_261_128;
const BIG_FILES = 4;
const MEAN_BYTES = 4096;
/** A file of exponential size, rounded up to blocks, with its share of folders and logs. */
const BYTES_ON_DISK = 8192;

const HOW =
  "pobsync: the whole `pobsync verify HOST` with start-up and database, which reads each stored file once, computes its " +
  "XXH128 and notes in the catalog when it was read; the snapshot was indexed before. It reads with two processes of low " +
  "priority, in the order of inodes. Baseline: `find data -type f -print0 | xargs -0 cat` over the same tree into /dev/null, in " +
  "the order in which find comes upon the files. The third row has cat read them in the order of inodes too, sorted between " +
  "the two; the last one compares pobsync with that. Before each of them the file system was mounted " +
  "anew and the pages of its image put out of memory, so that contents, names, attributes and the catalog come from the disk; " +
  "the programs are in memory. Who goes first changes from round to round. No file has a second " +
  "name, so both read the same, and pobsync's count of files and bytes is that of what was made.";

export async function measureVerify(
  size: VerifySize,
  rounds: number,
  say: (line: string) => void,
): Promise<Section> {
  refuseWithoutRoot("verify");
  const site = makeSite();
  const once: VolumeSize = {
    bytes: size.files * BYTES_ON_DISK + BIG_FILES * size.megabytes * 2 ** 20,
    inodes: Math.ceil(size.files * 1.2) + 1000,
  };
  // Each file is stored by itself, and together with the others.
  const store = { bytes: once.bytes * 2, inodes: once.inodes * 2 };
  try {
    return await withVolumes(site.dir, { source: once, ours: store }, async (from, ours) => {
      say("verify: making the files and backing them up");
      const trees = await setUp(site, from, ours, size);
      const rows: string[][] = [];
      for (const tree of trees) {
        const done: Round[] = [];
        for (let round = 1; round <= rounds; round++) {
          done.push(await oneRound(site, ours, tree, round));
          say(`verify: ${tree.host} ${round}/${rounds}: ${progress(done.at(-1))}`);
        }
        rows.push(...rowsOf(tree, done));
      }
      return {
        title: `Reading again ${countText(size.files)} small files and ${BIG_FILES} of ${size.megabytes} MiB`,
        notes: [`Rounds: ${rounds}. ${HOW}`],
        columns: [...COST_COLUMNS, `wall ≤ ${LIMIT}`, "MB/s"],
        rows,
      };
    });
  } finally {
    await site.dispose();
  }
}

/** Three hosts, each backed up once and indexed: the small files, the big ones, and all of them. */
async function setUp(site: Site, from: Volume, ours: Volume, size: VerifySize): Promise<Tree[]> {
  const [small, big, root] = [join(from.path, "small"), join(from.path, "big"), join(ours.path, "backups")];
  for (const folder of [small, big, root]) mkdirSync(folder);
  // cat would read a file with two names twice.
  const shape = { files: size.files, meanBytes: MEAN_BYTES, hasHardLinks: false };
  const { bytes } = await makeSmallFiles(small, shape, SEED);
  makeBigFiles(big, BIG_FILES, size.megabytes, SEED);
  const bigBytes = BIG_FILES * size.megabytes * 2 ** 20;
  const trees: Tree[] = [
    { host: "small-ones", sources: [small], files: size.files, bytes },
    { host: "big-ones", sources: [big], files: BIG_FILES, bytes: bigBytes },
    { host: "all", sources: [small, big], files: size.files + BIG_FILES, bytes: bytes + bigBytes },
  ];
  await site.set("migrate");
  await site.set("configure-global", "--backup-root", root);
  for (const { host, sources } of trees) {
    await site.addLocalHost(host, ...sources);
    await site.set("backup", host);
    // Whoever looks first has the catalog made.
    await site.set("ls", host);
  }
  return trees;
}

/** Each side once, all of them from a cold disk. */
async function oneRound(site: Site, ours: Volume, tree: Tree, round: number): Promise<Round> {
  const data = dataOf(ours, tree.host);
  const first = round % SIDES.length;
  const costs: [Side, Cost][] = [];
  for (const side of [...SIDES.slice(first), ...SIDES.slice(0, first)]) {
    await ours.cool();
    costs.push([side, await (side === "ours" ? runOurs(site, tree) : runCat(site, data, SCRIPTS[side]))]);
  }
  return Object.fromEntries(costs) as Round;
}

/** What is done with the tree `$1`. */
const SCRIPTS = {
  cat: 'find "$1" -type f -print0 | xargs -0 cat',
  sorted: `find "$1" -type f -printf '%i %p\\0' | sort -zn | cut -zd ' ' -f 2- | xargs -0 cat`,
} as const;

async function runOurs(site: Site, { host, files, bytes }: Tree): Promise<Cost> {
  const { cost, said } = await readAgain(site, host);
  if (said.checked !== files || said.bytes !== bytes)
    throw new Error(`pobsync read ${said.checked} files and ${said.bytes} bytes, not ${files} and ${bytes}`);
  return cost;
}

function runCat(site: Site, data: string, script: string): Promise<Cost> {
  const argv = ["/bin/bash", "-o", "pipefail", "-c", script, "bash", data];
  return timed({ argv, env: site.env, cwd: site.dir, output: "/dev/null" });
}

function rowsOf({ host, files, bytes }: Tree, rounds: readonly Round[]): string[][] {
  const [cat, sorted, ours] = SIDES.map((side) => rounds.map((round) => round[side])) as [
    Cost[],
    Cost[],
    Cost[],
  ];
  const speed = (costs: readonly Cost[]): string =>
    spread(
      costs.map(({ wallSeconds }) => bytes / wallSeconds / 1e6),
      0,
    );
  const label = `${host.replace("-", " ")} (${countText(files)}, ${sizeText(bytes)})`;
  const limits = { wall: LIMIT, cpu: null };
  const [, , , ...toSorted] = comparedRow("", ours, sorted, limits);
  return [
    [...baselineRow(`${label}, cat`, cat), "", speed(cat)],
    [...comparedRow(`${label}, pobsync`, ours, cat, limits), speed(ours)],
    [...comparedRow(`${label}, cat by inodes`, sorted, cat), "", speed(sorted)],
    [`${label}, pobsync to that`, "", "", ...toSorted, ""],
  ];
}

const progress = (round: Round | undefined): string =>
  `pobsync ${costText(round?.ours)}, cat ${costText(round?.cat)}, by inodes ${costText(round?.sorted)}`;
