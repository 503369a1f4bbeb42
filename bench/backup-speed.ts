// Full and incremental backups over loopback ssh: pobsync against plain rsync, in turns.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSshd, type TestSshd } from "../tests/support/sshd.ts";
import { type PlainRsync, plainRsync, requireSandbox } from "./plain-rsync.ts";
import { farAway } from "./relay.ts";
import type { Section } from "./report.ts";
import { requireSameTrees } from "./same-trees.ts";
import { makeSite, type Site } from "./site.ts";
import { type Cost, pairedRatios, spread, verdict } from "./statistics.ts";
import { type FileSystem, refuseWithoutRoot, type VolumeSize, withVolumes } from "./volume.ts";

/** Something to back up, and what happens to it between two backups. */
export type Workload = {
  readonly benchmark: string;
  readonly title: string;
  readonly source: VolumeSize;
  /** Of all trees that one side makes. */
  readonly store: VolumeSize;
  /** Fills the empty folder; says with what, and what `change` will do to it. */
  readonly fill: (tree: string) => Promise<string>;
  readonly change: (round: number) => void;
};

type Round = { readonly ours: Cost; readonly plain: Cost; readonly flushed: Cost };

const LIMIT = 1.03;
/** Of a backup that is not the first one, 100 ms away. */
const FAR_LIMIT = 0.3;

/** What the disks of both sides are. */
export type Disks = { readonly ours: FileSystem; readonly plain: FileSystem };

/** Between what is measured; the round trip in milliseconds, 0 where the host is here. */
export type Circumstances = { readonly disks: Disks; readonly roundTrip: number };

export async function measureBackups(
  workload: Workload,
  rounds: number,
  { disks, roundTrip }: Circumstances,
  say: (line: string) => void,
): Promise<Section> {
  refuseWithoutRoot(workload.benchmark);
  const limit = roundTrip === 0 ? LIMIT : FAR_LIMIT;
  const site = makeSite();
  try {
    const near = await startSshd();
    const away = roundTrip === 0 ? null : await farAway(near, roundTrip);
    const sshd = away?.sshd ?? near;
    try {
      const { source, store } = workload;
      // Each side has a file system of its own, so that neither flushes what the other one wrote.
      const stores = {
        ours: { ...store, fileSystem: disks.ours },
        them: { ...store, fileSystem: disks.plain },
      };
      return await withVolumes(site.dir, { source, ...stores }, async (from, ours, them) => {
        const bench = await setUp(site, sshd, from.path, ours.path, them.path);
        // On btrfs unchanged files are shared by the whole tree's being a copy.
        const bothLink = disks.ours === "ext4";
        // What pobsync does by itself from 20 ms on, which it asks the kernel, and no relay can make the kernel say.
        if (away !== null) await site.set("configure-global", "--inc-recursive", "off");
        say(`${workload.benchmark}: making the files`);
        const description = await workload.fill(bench.tree);
        const flush = () => Promise.all([from, ours, them].map((volume) => volume.flush()));
        const full: Round[] = [];
        const incremental: Round[] = [];
        for (let round = 1; round <= rounds; round++) {
          await bench.addHost(`full-${round}`);
          full.push(await bench.round(`full-${round}`, round, flush));
          say(progress(workload, "full", round, rounds, full));
        }
        // A worker does that in its spare time. Left to the next backup, it would be in the first number of those.
        await site.set("ls", `full-${rounds}:${bench.tree}`);
        for (let round = 1; round <= rounds; round++) {
          workload.change(round);
          incremental.push(await bench.round(`full-${rounds}`, round, flush));
          say(progress(workload, "incremental", round, rounds, incremental));
        }
        await bench.requireSameTrees(bothLink);
        return {
          title: `${workload.title}${away === null ? "" : `, ${roundTrip} ms away`}`,
          notes: [
            `${description} Rounds: ${rounds}. Disks: pobsync ${disks.ours}, rsync ${disks.plain}.`,
            HOW,
            ...(away === null ? [] : [FAR]),
          ],
          columns: ["", "wall s", "CPU s", "wall ratio", "CPU ratio", `wall ≤ ${limit}`, `CPU ≤ ${limit}`],
          rows: [...rowsOf("full", full, limit), ...rowsOf("incremental", incremental, limit)],
        };
      });
    } finally {
      await away?.stop();
      await near.stop();
    }
  } finally {
    await site.dispose();
  }
}

const HOW =
  "pobsync: the whole `pobsync backup`, with start-up, database, probe, log, `sync -f` and publishing. Baseline: the " +
  "rsync command that pobsync would run without a sandbox, but with -A and without --confine-root, over an ssh connection of its own, into folders of the same depth, its " +
  "output in a file, without any sync. The third row adds `sync -f` to the baseline, without which its tree would not " +
  "survive a power cut; the last one compares pobsync with that. CPU is that of " +
  "the backup server's processes; the sending side is not in it. The catalog of a full backup is made after it, as a worker does in its spare time, and is in no number. The host key is pinned and all files are in the " +
  "page cache beforehand. Each side's newest trees were compared afterwards and are the same.";

const FAR =
  "A relay between the two keeps each piece back for half of the round trip, for both sides. pobsync is told to send the whole list " +
  "first (`--inc-recursive off`), as it does by itself from 20 ms on. The goal is one of incremental backups.";

async function setUp(site: Site, sshd: TestSshd, from: string, ours: string, them: string) {
  const [tree, root, plainRoot] = [join(from, "tree"), join(ours, "backups"), join(them, "backups")];
  for (const folder of [tree, root, plainRoot]) mkdirSync(folder);
  await site.set("migrate");
  await site.set("configure-global", "--backup-root", root);
  // The first contact, which pins the host key, is made when a host is added and not by a night's backup.
  const addHost = (host: string) => site.addSshHost(host, sshd, tree);
  const plain: PlainRsync = await plainRsync(site, sshd, plainRoot, tree);
  writeFileSync(join(tree, "first"), "so that there is something to back up");
  await addHost("sample");
  await site.set("backup", "sample");
  await requireSandbox(site, plain, "sample");

  const bases = new Map<string, string>();
  let newest = { ours: "", theirs: "" };
  return {
    tree,
    addHost,
    /** One backup of each side; who goes first changes from round to round. */
    async round(host: string, round: number, flush: () => Promise<unknown>): Promise<Round> {
      const runOurs = async () => {
        await flush();
        return site.timed(["backup", host, "--json"]);
      };
      const runPlain = async () => {
        await flush();
        return plain.backUp(host, bases.get(host) ?? null);
      };
      const oursFirst = round % 2 === 0;
      const early = oursFirst ? await runOurs() : null;
      const theirs = await runPlain();
      const cost = early ?? (await runOurs());
      bases.set(host, theirs.name);
      // Only what was asked for: the folders above it have the times of another moment.
      newest = { ours: join(root, host, "latest", "data", tree), theirs: join(theirs.dataPath, tree) };
      return { ours: cost, plain: theirs.plain, flushed: theirs.flushed };
    },
    requireSameTrees: (bothLink: boolean) => requireSameTrees(newest.ours, newest.theirs, bothLink),
  };
}

const walls = (rounds: readonly Round[], side: keyof Round) => rounds.map((round) => round[side].wallSeconds);
const cpus = (rounds: readonly Round[], side: keyof Round) => rounds.map((round) => round[side].cpuSeconds);

function rowsOf(name: string, rounds: readonly Round[], limit: number): string[][] {
  const row = (label: string, side: keyof Round) => {
    const wall = pairedRatios(walls(rounds, side), walls(rounds, "plain"));
    const cpu = pairedRatios(cpus(rounds, side), cpus(rounds, "plain"));
    const costs = [`${name}, ${label}`, spread(walls(rounds, side)), spread(cpus(rounds, side))];
    const ratios = [spread(wall), spread(cpu)];
    if (side === "plain") return [...costs, "1", "1"];
    return side === "ours"
      ? [...costs, ...ratios, verdict(wall, limit), verdict(cpu, limit)]
      : [...costs, ...ratios];
  };
  const wall = pairedRatios(walls(rounds, "ours"), walls(rounds, "flushed"));
  const cpu = pairedRatios(cpus(rounds, "ours"), cpus(rounds, "flushed"));
  const asSafe = [
    `${name}, pobsync to that`,
    "",
    "",
    spread(wall),
    spread(cpu),
    verdict(wall, limit),
    verdict(cpu, limit),
  ];
  return [
    row("plain rsync", "plain"),
    row("pobsync", "ours"),
    row("plain rsync, sync -f", "flushed"),
    asSafe,
  ];
}

function progress(
  workload: Workload,
  what: string,
  round: number,
  rounds: number,
  done: readonly Round[],
): string {
  const last = done.at(-1);
  const seconds = (cost: Cost | undefined) =>
    `${cost?.wallSeconds.toFixed(2)} s (CPU ${cost?.cpuSeconds.toFixed(2)})`;
  return `${workload.benchmark}: ${what} ${round}/${rounds}: pobsync ${seconds(last?.ours)}, plain ${seconds(last?.plain)}`;
}
