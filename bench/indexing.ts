// What indexing adds to a backup: the program as it is against one without it, in turns; and indexing by itself.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startSshd, type TestSshd } from "../tests/support/sshd.ts";
import { runTool } from "../tests/support/tool.ts";
import { baselineRow, COST_COLUMNS, comparedRow, costText } from "./cost-rows.ts";
import type { Indexed } from "./index-catalog.ts";
import { buildWithoutIndexing } from "./program-without-indexing.ts";
import { countText, type Section } from "./report.ts";
import { makeSite, type Site } from "./site.ts";
import type { Cost } from "./statistics.ts";
import { refuseWithoutRoot, type Volume, withVolumes } from "./volume.ts";
import { smallFiles } from "./workloads.ts";

const WHOLE = 1.03;
const SHARE = 0.03;
const LIMITS = { wall: WHOLE, cpu: WHOLE };
/** An incremental backup is short, and what is looked for in it is small. */
const INCREMENTALS = 3;

type Side = { readonly site: Site; readonly root: string };
type Round = {
  readonly without: Cost;
  readonly asIs: Cost;
  /** Indexing by itself, of what the side without it had just backed up. */
  readonly alone: Indexed;
  /** Snapshots that the program as it is had left for later. */
  readonly deferred: number;
};

export async function measureIndexing(
  files: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Section> {
  refuseWithoutRoot("indexing");
  const site = makeSite();
  try {
    const without = makeSite({ program: await buildWithoutIndexing(join(site.dir, "without-indexing")) });
    try {
      const sshd = await startSshd();
      try {
        return await measureBoth(site, without, sshd, files, rounds, say);
      } finally {
        await sshd.stop();
      }
    } finally {
      await without.dispose();
    }
  } finally {
    await site.dispose();
  }
}

async function measureBoth(
  site: Site,
  other: Site,
  sshd: TestSshd,
  files: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Section> {
  const workload = smallFiles(files, rounds);
  const { source, store } = workload;
  // Each side has a file system of its own, so that neither flushes what the other one wrote.
  return withVolumes(site.dir, { source, asIs: store, without: store }, async (from, ours, theirs) => {
    const tree = join(from.path, "tree");
    mkdirSync(tree);
    const [asIs, without] = [await setUp(site, ours), await setUp(other, theirs)];
    const bench = { sshd, tree, asIs, without, flush: () => flushAll([from, ours, theirs]) };
    say("indexing: making the files");
    const description = await workload.fill(tree);
    const full: Round[] = [];
    const incremental: Round[] = [];
    for (let round = 1; round <= rounds; round++) {
      await addHost(bench, `full-${round}`);
      full.push(await oneRound(bench, `full-${round}`, round));
      say(progress("full", full));
    }
    for (let round = 1; round <= rounds * INCREMENTALS; round++) {
      workload.change(round);
      incremental.push(await oneRound(bench, `full-${rounds}`, round));
      say(progress("incremental", incremental));
    }
    return {
      title: `What indexing adds to a backup of ${countText(files)} small files`,
      notes: [
        `${description} Rounds: ${rounds} full, ${rounds * INCREMENTALS} incremental.`,
        `${HOW} ${whenIndexed("full", full)} ${whenIndexed("incremental", incremental)}`,
      ],
      columns: [...COST_COLUMNS, "wall goal", "CPU goal"],
      rows: [...rowsOf("full", full), ...rowsOf("incremental", incremental)],
    };
  });
}

const HOW =
  "Both sides are the whole `pobsync backup` over loopback ssh, built from the same sources; in one of them the file that " +
  "decides when to index (src/actions/index-history.ts) is replaced by one that never does. Who goes first changes from " +
  "round to round. The third row is indexing by itself, of what the side without it had just backed up: syncCatalog in a " +
  "fresh process, whose start is not in the numbers, its ratio to the backup of that round. That is what a worker does " +
  "later, or whoever looks first, when a backup has left its indexing for later.";

type Bench = {
  readonly sshd: TestSshd;
  readonly tree: string;
  readonly asIs: Side;
  readonly without: Side;
  readonly flush: () => Promise<unknown>;
};

const flushAll = (volumes: readonly Volume[]) => Promise.all(volumes.map((volume) => volume.flush()));

async function setUp(site: Site, volume: Volume): Promise<Side> {
  const root = join(volume.path, "backups");
  mkdirSync(root);
  await site.set("migrate");
  await site.set("configure-global", "--backup-root", root);
  return { site, root };
}

async function addHost({ sshd, tree, asIs, without }: Bench, host: string): Promise<void> {
  for (const { site } of [asIs, without]) await site.addSshHost(host, sshd, tree);
}

async function oneRound({ asIs, without, flush }: Bench, host: string, round: number): Promise<Round> {
  const backUp = async ({ site }: Side): Promise<Cost> => {
    await flush();
    return site.timed(["backup", host, "--json"]);
  };
  const early = round % 2 === 0 ? await backUp(asIs) : null;
  const baseline = await backUp(without);
  const cost = early ?? (await backUp(asIs));
  const alone = await index(without, host);
  if (alone.by.length !== 1) throw new Error(`the side without indexing had ${alone.by.length} to index`);
  // Before the next round, or that one would index this one as well.
  const { by } = await index(asIs, host);
  return { without: baseline, asIs: cost, alone, deferred: by.length };
}

async function index({ site, root }: Side, host: string): Promise<Indexed> {
  const program = join(import.meta.dirname, "index-catalog.ts");
  return JSON.parse(String(await runTool(process.execPath, [program, site.databaseUrl, root, host])));
}

function rowsOf(name: string, rounds: readonly Round[]): string[][] {
  const without = rounds.map((round) => round.without);
  const asIs = rounds.map((round) => round.asIs);
  const alone = rounds.map((round) => round.alone);
  return [
    baselineRow(`${name}, without indexing`, without),
    comparedRow(`${name}, as it is`, asIs, without, LIMITS),
    comparedRow(`${name}, indexing alone`, alone, without, { wall: SHARE, cpu: SHARE }),
  ];
}

/** How the program as it is went about it. */
function whenIndexed(name: string, rounds: readonly Round[]): string {
  const deferred = rounds.filter((round) => round.deferred > 0).length;
  const ways = [...new Set(rounds.flatMap(({ alone }) => alone.by))].join(" and ");
  const when =
    deferred === 0
      ? "in the backup itself"
      : deferred === rounds.length
        ? "left for later"
        : `left for later in ${deferred} of ${rounds.length} rounds`;
  return `${name}: ${when}, by ${ways}.`.replace(/^./, (letter) => letter.toUpperCase());
}

function progress(what: string, done: readonly Round[]): string {
  const last = done.at(-1);
  return `indexing: ${what} ${done.length}: without ${costText(last?.without)}, as it is ${costText(last?.asIs)}, alone ${costText(last?.alone)}`;
}
