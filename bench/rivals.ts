// pobsync beside what else an administrator may choose, each as Debian has it and as its manual says, over loopback ssh.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSshd } from "../tests/support/sshd.ts";
import { runTool } from "../tests/support/tool.ts";
import { changeSmallFiles, makeSmallFiles } from "./corpus.ts";
import { countText, type Section, sizeText } from "./report.ts";
import { type Contestant, makeContestants, RIVALS } from "./rivals-programs.ts";
import { makeSite } from "./site.ts";
import { type Cost, median, pairedRatios, spread, sum } from "./statistics.ts";
import { type Group, makeGroup } from "./timing.ts";
import { refuseWithoutRoot, type Volume, withVolumes } from "./volume.ts";

const SEED = 20_261_129;
const MEAN_BYTES = 4096;
const BYTES_ON_DISK = 8192;

/** What is done one after the other in each round. */
export const STAGES = ["full", "nothing changed", "incremental", "a whole night"] as const;
export type Stage = (typeof STAGES)[number];

/** `serverSeconds`: the CPU time of the backup server's side alone. */
type BothCosts = Cost & { readonly serverSeconds: number };
/** Costs of each contestant by its name, one a round. */
type Costs = Map<string, BothCosts[]>;
type Race = Readonly<Record<Stage, Costs>> & {
  /** Full backups together with what was left to do after them, of those who leave something. */
  readonly finished: Costs;
};

/** @param files small files of the host */
export async function measureRivals(
  files: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Section> {
  refuseWithoutRoot("rivals");
  const versions = await versionsOf();
  const folder = mkdtempSync(join(tmpdir(), "pobsync-rivals-"));
  const site = makeSite();
  const sshd = await startSshd();
  const far = makeGroup();
  try {
    if (sshd.pid === null) throw new Error("sshd does not run");
    far.take(sshd.pid);
    const tree = { bytes: files * BYTES_ON_DISK, inodes: Math.ceil(files * 1.3) + 1000 };
    const store = { bytes: tree.bytes * (rounds + 1) * 1.5, inodes: tree.inodes * (4 * rounds + 2) };
    const sizes = Object.fromEntries(RIVALS.map((name) => [name.replace(" ", "-"), store]));
    return await withVolumes(
      folder,
      { source: { ...tree, inodes: tree.inodes * 2 }, ...sizes },
      async (source, ...stores) => {
        if (source === undefined) throw new Error("there is no volume for the files");
        const from = join(source.path, "tree");
        mkdirSync(from);
        const corpus = await makeSmallFiles(from, { files, meanBytes: MEAN_BYTES }, SEED);
        const contestants = await makeContestants({ site, sshd, folder, tree: from, stores });
        const costs = await race(
          contestants,
          [source, ...stores],
          rounds,
          say,
          (round) => changeSmallFiles(corpus, MEAN_BYTES, round),
          far,
        );
        return {
          title: `Beside others: ${countText(files)} small files`,
          notes: [
            `${countText(corpus.entries)} entries, ${sizeText(corpus.bytes)}. Between two backups 1 % of the files change, 0.5 % come and 0.5 % go. Rounds: ${rounds}. ${versions}`,
            HOW,
          ],
          columns: ["", "wall s", "CPU s", "server's CPU s", "wall ratio", "CPU ratio", "server's CPU ratio"],
          rows: STAGES.flatMap((stage) => [
            ...RIVALS.map((name) => row(costs[stage], costs[stage], `${stage}, ${name}`, name)),
            ...(stage === "full" ? finishedRows(costs) : []),
          ]),
          chart: STAGES.map((stage) => ({
            title: stage,
            bars: RIVALS.map((name) => ({
              label: name,
              value: median(pairedWalls(costs[stage], name)),
            })),
          })),
        };
      },
    );
  } finally {
    await sshd.stop();
    far.remove();
    await site.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

const HOW =
  "Everything runs on one machine, over ssh to itself. pobsync, rsync and rsnapshot pull; restic (over sftp) and borg (`borg serve`) " +
  "run where the files are and push. restic encrypts and compresses, as it always does; borg compresses and does not encrypt. " +
  "A whole night is an incremental backup and dropping the oldest one (`rm -rf`; `pobsync retention --apply`; rsnapshot's own rotation; " +
  "`restic forget --prune`; `borg prune` and `borg compact`). pobsync's full backup leaves its catalog to a worker's spare time; a row of its own has both together. Each number has a `sync -f` in it. Each has a file system of its own; who goes first changes from " +
  "round to round, and full backups go to an empty place each time. Ratios are to plain rsync in the same round. CPU is that of " +
  "the whole machine in that time: both ends. The server's is that without what sshd and all that it starts took; of restic and " +
  "borg, which are started on the host, it is that of sshd.";

async function versionsOf(): Promise<string> {
  const asked = [
    ["rsync", "--version"],
    ["rsnapshot", "version"],
    ["restic", "version"],
    ["borg", "--version"],
  ] as const;
  const said: string[] = [];
  for (const [program, word] of asked) {
    const output = await runTool(program, [word]).catch(() => {
      throw new Error(`"rivals" needs ${program}: apt-get install rsync rsnapshot restic borgbackup`);
    });
    said.push(
      output
        .toString()
        .trim()
        .split("\n")[0]
        ?.replace(/ +version| {2,}.*| compiled.*/g, "") ?? program,
    );
  }
  return `${said.join(", ")}.`;
}

async function race(
  contestants: readonly Contestant[],
  volumes: readonly Volume[],
  rounds: number,
  say: (line: string) => void,
  change: (step: number) => void,
  far: Group,
): Promise<Race> {
  const costs: Race = {
    ...(Object.fromEntries(STAGES.map((stage) => [stage, new Map()])) as Record<Stage, Costs>),
    finished: new Map(),
  };
  for (let round = 1; round <= rounds; round++)
    for (const [at, stage] of STAGES.entries()) {
      if (stage === "incremental" || stage === "a whole night") change(round * STAGES.length + at);
      for (let turn = 0; turn < contestants.length; turn++) {
        const one = contestants[(turn + round) % contestants.length] as Contestant;
        await Promise.all(volumes.map((volume) => volume.flush()));
        if (stage === "full") await one.begin(round);
        const cost = await wholeMachine(one, far, async () => {
          await one.backUp();
          if (stage === "a whole night") await one.dropOldest();
          await runTool("sync", ["-f", one.store]);
        });
        note(costs[stage], one, cost);
        if (stage === "full" && one.finish !== null)
          note(costs.finished, one, sumOf(cost, await wholeMachine(one, far, one.finish)));
        say(
          `rivals: ${round}/${rounds} ${stage}: ${one.name} ${cost.wallSeconds.toFixed(2)} s (CPU ${cost.cpuSeconds.toFixed(2)}, the server's ${cost.serverSeconds.toFixed(2)})`,
        );
      }
    }
  return costs;
}

function note(costs: Costs, { name }: Contestant, cost: BothCosts): void {
  costs.set(name, [...(costs.get(name) ?? []), cost]);
}

/** Wall time, and what all processors of this machine did meanwhile. */
async function wholeMachine(
  { pulls }: Contestant,
  far: Group,
  work: () => Promise<void>,
): Promise<BothCosts> {
  const [before, farBefore, begin] = [busySeconds(), far.cpuSeconds(), performance.now()];
  await work();
  const wallSeconds = (performance.now() - begin) / 1000;
  const [cpuSeconds, behindSshd] = [busySeconds() - before, far.cpuSeconds() - farBefore];
  return { wallSeconds, cpuSeconds, serverSeconds: pulls ? cpuSeconds - behindSshd : behindSshd };
}

const sumOf = (a: BothCosts, b: BothCosts): BothCosts => ({
  ...sum(a, b),
  serverSeconds: a.serverSeconds + b.serverSeconds,
});

/** What proc(5) counts in; the same on every Linux of today. */
const TICKS_A_SECOND = 100;

/** User, nice, system, irq and softirq of all processors since the machine started. */
function busySeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (
    readFileSync("/proc/stat", "utf8").split("\n", 1)[0] ?? ""
  )
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq) / TICKS_A_SECOND;
}

const pairedWalls = (costs: Costs, name: string): number[] => paired(costs, costs, name, "wallSeconds");

/** Round by round, to plain rsync. */
const paired = (costs: Costs, baseline: Costs, name: string, of: keyof BothCosts): number[] =>
  pairedRatios(
    (costs.get(name) ?? []).map((cost) => cost[of]),
    (baseline.get(RIVALS[0]) ?? []).map((cost) => cost[of]),
  );

function row(costs: Costs, baseline: Costs, label: string, name: string): string[] {
  const mine = costs.get(name) ?? [];
  const kinds = ["wallSeconds", "cpuSeconds", "serverSeconds"] as const;
  const ratio = (of: keyof BothCosts): string =>
    name === RIVALS[0] ? "1" : spread(paired(costs, baseline, name, of));
  return [label, ...kinds.map((of) => spread(mine.map((cost) => cost[of]))), ...kinds.map(ratio)];
}

const finishedRows = ({ full, finished }: Race): string[][] =>
  [...finished.keys()].map((name) => row(finished, full, `full, ${name} with its catalog`, name));
