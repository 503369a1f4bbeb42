// How fast a tree goes: pobsync's removal against `rm -rf` of the same tree, in turns.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { removeTree } from "../src/system/remove-tree.ts";
import { runTool } from "../tests/support/tool.ts";
import { makeSmallFiles } from "./corpus.ts";
import { countText, type Section } from "./report.ts";
import { type Cost, pairedRatios, spread, verdict } from "./statistics.ts";
import { costOf } from "./timing.ts";
import { refuseWithoutRoot, type Volume, type VolumeSize, withVolumes } from "./volume.ts";

const LIMIT = 1.05;
const SEED = 20_261_125;
const MEAN_BYTES = 4096;
const BYTES_ON_DISK = 8192;
/** Of the second kind of tree, every so many files are its own; the others are those of its neighbour. */
const OWN_FILE_EVERY = 20;

type Kind = "all its own" | "95 % shared";
type Removed = Cost & { readonly freedBytes: number | null };
type Round = { readonly ours: Removed; readonly rm: Removed; readonly disk: number };

/** @param files small files of each tree */
export async function measureRemoval(
  files: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Section> {
  refuseWithoutRoot("removal");
  const folder = mkdtempSync(join(tmpdir(), "pobsync-removal-"));
  try {
    const rows: string[][] = [];
    for (const kind of ["all its own", "95 % shared"] as const) {
      const done: Round[] = [];
      for (let round = 1; round <= rounds; round++) {
        done.push(await oneRound(folder, kind, files, round));
        say(`removal: ${kind} ${round}/${rounds}: ${progress(done.at(-1))}`);
      }
      rows.push(...rowsOf(kind, done));
    }
    return {
      title: `Removing a tree of ${countText(files)} small files`,
      notes: [`Rounds: ${rounds}. ${HOW}`],
      columns: ["", "wall s", "CPU s", "wall ratio", "CPU ratio", `wall ≤ ${LIMIT}`, "freed, said / true"],
      rows,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const HOW =
  "The files are those of the benchmark of small files, in a tree that shares none of them with other trees, and in " +
  "one that shares 95 % of them with its neighbour by hard links, as two snapshots do. pobsync's removal has low " +
  "priority and counts what comes free; the last column is that number over what the disk then had more. Baseline: " +
  "`rm -rf --one-file-system`. Each side has a fresh ext4 of its own in every round, nothing was ever deleted there " +
  "before, everything is in the page cache and flushed; who goes first changes from round to round. Both are started " +
  "by the same process, so no start of Node is in the numbers.";

async function oneRound(folder: string, kind: Kind, files: number, round: number): Promise<Round> {
  const trees = kind === "all its own" ? 1 : 1.2;
  const size: VolumeSize = {
    bytes: files * BYTES_ON_DISK * trees,
    inodes: Math.ceil(files * 1.3 * trees) + 1000,
  };
  // Mount points are left behind, so each has a name of its own.
  const name = `${trees}-${round}`;
  return withVolumes(folder, { [`ours-${name}`]: size, [`rm-${name}`]: size }, async (ours, rm) => {
    for (const volume of [ours, rm]) await fill(volume.path, kind, files);
    const before = freeBytes(ours);
    const runOurs = () => measured(ours, (tree) => removeTree(tree, { onShare: () => {} }));
    const early = round % 2 === 0 ? await runOurs() : null;
    const theirs = await measured(rm, async (tree) => {
      await runTool("rm", ["-rf", "--one-file-system", "--", tree]);
      return { freedBytes: null };
    });
    const cost = early ?? (await runOurs());
    await ours.flush();
    return { ours: cost, rm: theirs, disk: freeBytes(ours) - before };
  });
}

const treeOf = (top: string): string => join(top, "tree");

async function fill(top: string, kind: Kind, files: number): Promise<void> {
  const first = kind === "all its own" ? treeOf(top) : join(top, "neighbour");
  mkdirSync(first);
  const corpus = await makeSmallFiles(first, { files, meanBytes: MEAN_BYTES }, SEED);
  if (kind === "95 % shared") {
    await runTool("cp", ["-al", "--", first, treeOf(top)]);
    for (const [at, path] of corpus.files.entries()) {
      if (at % OWN_FILE_EVERY !== 0) continue;
      const own = join(treeOf(top), relative(first, path));
      unlinkSync(own);
      writeFileSync(own, readFileSync(path));
    }
  }
  await runTool("sync", ["-f", top]);
}

async function measured(
  volume: Volume,
  remove: (tree: string) => Promise<{ freedBytes: number | null }>,
): Promise<Removed> {
  await volume.flush();
  const { cost, result } = await costOf(() => remove(treeOf(volume.path)));
  return { ...cost, freedBytes: result.freedBytes };
}

function freeBytes(volume: Volume): number {
  const { bfree, bsize } = statfsSync(volume.path);
  return bfree * bsize;
}

function rowsOf(kind: Kind, rounds: readonly Round[]): string[][] {
  const column = (side: "ours" | "rm", of: "wallSeconds" | "cpuSeconds") =>
    rounds.map((round) => round[side][of]);
  const costs = (side: "ours" | "rm") => [
    spread(column(side, "wallSeconds")),
    spread(column(side, "cpuSeconds")),
  ];
  const wall = pairedRatios(column("ours", "wallSeconds"), column("rm", "wallSeconds"));
  const cpu = pairedRatios(column("ours", "cpuSeconds"), column("rm", "cpuSeconds"));
  const told = rounds.map(({ ours, disk }) => (ours.freedBytes ?? Number.NaN) / disk);
  return [
    [`${kind}, rm -rf`, ...costs("rm"), "1", "1", "", ""],
    [`${kind}, pobsync`, ...costs("ours"), spread(wall), spread(cpu), verdict(wall, LIMIT), spread(told, 5)],
  ];
}

function progress(round: Round | undefined): string {
  const seconds = (cost: Cost | undefined) =>
    `${cost?.wallSeconds.toFixed(2)} s (CPU ${cost?.cpuSeconds.toFixed(2)})`;
  return `pobsync ${seconds(round?.ours)}, rm ${seconds(round?.rm)}`;
}
