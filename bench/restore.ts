// Restoring a whole host, to a folder here and over loopback ssh: pobsync against plain rsync, in turns.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Origin } from "../src/system/rsync-args.ts";
import { startSshd, type TestSshd } from "../tests/support/sshd.ts";
import { makeSmallFiles } from "./corpus.ts";
import { baselineRow, COST_COLUMNS, comparedRow, costText } from "./cost-rows.ts";
import { type PlainRestore, plainRestore, requireSameRestore } from "./plain-restore.ts";
import { overSsh } from "./plain-rsync.ts";
import { dataOf } from "./read-again.ts";
import { countText, type Section, sizeText } from "./report.ts";
import { requireSameTrees } from "./same-trees.ts";
import { makeSite, type Site } from "./site.ts";
import type { Cost } from "./statistics.ts";
import { refuseWithoutRoot, type Volume, withVolumes } from "./volume.ts";

type Round = { readonly plain: Cost; readonly ours: Cost; readonly look: Cost };

/** A way to a place, for both sides. */
type Way = {
  readonly label: string;
  /** Words of the command that restore to a folder. */
  readonly words: (dir: string) => string[];
  readonly plain: PlainRestore;
};

const LIMIT = 1;
const SEED = 20_261_123;
const MEAN_BYTES = 4096;
/** A file of exponential size, rounded up to blocks, with its share of folders. */
const BYTES_ON_DISK = 8192;
const [HOST, TARGET] = ["files", "target"];

const HOW =
  "pobsync: the whole `pobsync restore HOST --to DIR --yes`, or `--to-host`, with start-up, database, probe, the look beforehand, " +
  "and the log. Baseline: the rsync of the one pass that writes everything where pobsync has no sandbox, with the same arguments, " +
  "over an ssh connection of its own. Each time to a folder that is not there yet; nobody flushes, but everything was flushed before. The " +
  "third row is only the look, by `--dry-run`. CPU is that of the backup server's processes: over ssh the receiving side is " +
  "not in it. The snapshot is in the page cache, each side writes to a file system of its own, and who goes first changes " +
  "from round to round. Each side's last tree was compared with the other's and with the source afterwards.";

export async function measureRestore(
  files: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Section> {
  refuseWithoutRoot("restore");
  const site = makeSite();
  const once = { bytes: files * BYTES_ON_DISK, inodes: Math.ceil(files * 1.2) + 1000 };
  // Both ways, and the restores that are looked at.
  const times = 2 * (rounds + 1);
  const targets = { bytes: once.bytes * times, inodes: once.inodes * times };
  try {
    const sshd = await startSshd();
    try {
      const volumes = { source: once, store: once, ours: targets, theirs: targets };
      return await withVolumes(site.dir, volumes, async (from, store, ours, theirs) => {
        const tree = join(from.path, "tree");
        say("restore: making the files and backing them up");
        const description = await setUp(site, sshd, store, tree, files);
        const flush = () => Promise.all([ours, theirs].map((volume) => volume.flush()));
        const rows: string[][] = [];
        for (const way of waysTo(site, sshd, dataOf(store, HOST), tree)) {
          const done = await measureWay({ site, way, tree, ours, theirs, flush }, rounds, say);
          rows.push(...rowsOf(way.label, done));
        }
        return {
          title: `Restoring ${countText(files)} small files`,
          notes: [`${description} Rounds: ${rounds}.`, HOW],
          columns: [...COST_COLUMNS, `wall ≤ ${LIMIT}`, `CPU ≤ ${LIMIT}`],
          rows,
        };
      });
    } finally {
      await sshd.stop();
    }
  } finally {
    await site.dispose();
  }
}

async function setUp(
  site: Site,
  sshd: TestSshd,
  store: Volume,
  tree: string,
  files: number,
): Promise<string> {
  const root = join(store.path, "backups");
  for (const folder of [tree, root]) mkdirSync(folder);
  const { entries, bytes } = await makeSmallFiles(tree, { files, meanBytes: MEAN_BYTES }, SEED);
  await site.set("migrate");
  await site.set("configure-global", "--backup-root", root);
  await site.addLocalHost(HOST, tree);
  await site.addSshHost(TARGET, sshd, tree);
  await site.set("backup", HOST);
  return (
    `${countText(entries)} entries, ${sizeText(bytes)}, in folders up to five deep, with symlinks, hard links and extended ` +
    "attributes."
  );
}

function waysTo(site: Site, sshd: TestSshd, data: string, source: string): Way[] {
  const way = (label: string, to: (dir: string) => string[], destination: Origin): Way => ({
    label,
    words: (dir) => ["restore", HOST, ...to(dir), "--yes"],
    plain: plainRestore(site, { data, source }, destination),
  });
  return [
    way("here", (dir) => ["--to", dir], { transport: "local" }),
    way("over ssh", (dir) => ["--to-host", `${TARGET}:${dir}`], overSsh(site, sshd, TARGET)),
  ];
}

type Bench = {
  readonly site: Site;
  readonly way: Way;
  readonly tree: string;
  readonly ours: Volume;
  readonly theirs: Volume;
  readonly flush: () => Promise<unknown>;
};

async function measureWay(bench: Bench, rounds: number, say: (line: string) => void): Promise<Round[]> {
  const { site, way, tree, ours, theirs } = bench;
  const folder = (side: Volume, round: number): string =>
    join(side.path, `${way.label.replace(" ", "-")}-${round}`);
  await requireSameRestore(site, way.plain, way.words(folder(ours, 0)), folder(ours, 0));
  await way.plain.restore(folder(theirs, 0));
  const done: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    done.push(await oneRound(bench, folder(ours, round), folder(theirs, round), round));
    say(`restore: ${way.label} ${round}/${rounds}: ${progress(done.at(-1))}`);
  }
  // Only what was asked for: the folders above it are made by pobsync alone as the snapshot has them.
  const restored = join(folder(ours, rounds), tree);
  await requireSameTrees(restored, join(folder(theirs, rounds), tree));
  await requireSameTrees(restored, tree);
  return done;
}

async function oneRound(
  { site, way, flush }: Bench,
  ours: string,
  theirs: string,
  round: number,
): Promise<Round> {
  const runOurs = async (): Promise<Cost> => {
    await flush();
    return site.timed([...way.words(ours), "--json"]);
  };
  const look = await site.timed([...way.words(ours), "--dry-run", "--json"]);
  const early = round % 2 === 0 ? await runOurs() : null;
  await flush();
  const plain = await way.plain.restore(theirs);
  return { plain, ours: early ?? (await runOurs()), look };
}

function rowsOf(label: string, rounds: readonly Round[]): string[][] {
  const plain = rounds.map((round) => round.plain);
  const ours = rounds.map((round) => round.ours);
  const looks = rounds.map((round) => round.look);
  return [
    baselineRow(`${label}, plain rsync`, plain),
    comparedRow(`${label}, pobsync`, ours, plain, { wall: LIMIT, cpu: LIMIT }),
    comparedRow(`${label}, pobsync, only the look`, looks, plain),
  ];
}

const progress = (round: Round | undefined): string =>
  `pobsync ${costText(round?.ours)}, of which looking ${costText(round?.look)}; plain ${costText(round?.plain)}`;
