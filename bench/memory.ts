// Peak memory of the pobsync process itself, with many entries and with ten times as many.
import { mkdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { processesBelow } from "../tests/support/processes.ts";
import { makeSmallFiles } from "./corpus.ts";
import { countText, type Section } from "./report.ts";
import { makeSite, type Site } from "./site.ts";
import { refuseWithoutRoot, withVolumes } from "./volume.ts";

const LIMIT_MIB = 150;
const SAMPLE_EVERY_MS = 100;
/** Memory goes by the number of entries, not by their size: small files save time and disk. */
const MEAN_BYTES = 8;
/** makeSmallFiles makes about 110 entries for 100 files. */
const FILES_PER_ENTRY = 1 / 1.1;
const SEED = 20_261_124;

export async function measureMemory(smaller: number, say: (line: string) => void): Promise<Section> {
  refuseWithoutRoot("memory");
  const site = makeSite();
  const sizes = [smaller, smaller * 10];
  const inodes = Math.ceil(smaller * 11 * 1.2) + 10_000;
  const volume = { bytes: inodes * 1500, inodes, blockBytes: 1024 } as const;
  try {
    return await withVolumes(site.dir, { source: volume, ours: volume }, async (source, store) => {
      await site.set("migrate");
      const root = join(store.path, "backups");
      mkdirSync(root);
      await site.set("configure-global", "--backup-root", root);
      const rows: string[][] = [];
      const peaks: number[] = [];
      for (const size of sizes) {
        const host = `entries-${size}`;
        const tree = join(source.path, host);
        mkdirSync(tree);
        say(`memory: making about ${countText(size)} entries`);
        const shape = { files: Math.round(size * FILES_PER_ENTRY), meanBytes: MEAN_BYTES };
        const { entries } = await makeSmallFiles(tree, shape, SEED);
        await site.addLocalHost(host, tree);
        for (const what of ["full", "unchanged"]) {
          const peak = await peakOf(site, host);
          peaks.push(peak);
          const verdict = `≤ ${LIMIT_MIB} MiB ${peak <= LIMIT_MIB ? "met" : "missed"}`;
          rows.push([`${countText(entries)} entries, ${what}`, peak.toFixed(1), verdict]);
          say(`memory: ${countText(entries)} entries, ${what}: ${peak.toFixed(1)} MiB`);
        }
      }
      const [full = 0, unchanged = 0, bigFull = 0, bigUnchanged = 0] = peaks;
      rows.push(["difference, full", (bigFull - full).toFixed(1), ""]);
      rows.push(["difference, unchanged", (bigUnchanged - unchanged).toFixed(1), ""]);
      return {
        title: "Memory",
        notes: [
          "Peak resident memory of pobsync's own process (Node's, not rsync's and ssh's) during a backup with transport " +
            "`local`: the first one, and a second one of the unchanged tree. One run each.",
        ],
        columns: ["", "peak MiB", "goal"],
        rows,
      };
    });
  } finally {
    await site.dispose();
  }
}

/** MiB. Looks at every Node process of the backup, should there be more than one. */
async function peakOf(site: Site, host: string): Promise<number> {
  const backup = site.pobsync.start("backup", host, "--json");
  let over = false;
  const ended = backup.ended.finally(() => {
    over = true;
  });
  let peakKib = 0;
  while (!over) {
    // One that is being started is its parent still, memory and all: it has its parent's words, and for a moment none.
    const words = ["", wordsOf(backup.pid)];
    const below = processesBelow(backup.pid).flatMap(({ pid }) =>
      words.includes(wordsOf(pid)) ? [] : [pid],
    );
    const all = [backup.pid, ...below].filter(isNode).map(memoryOf);
    const together = all.reduce((sum, { now }) => sum + now, 0);
    peakKib = Math.max(peakKib, together, ...all.map(({ highest }) => highest));
    await pause(SAMPLE_EVERY_MS);
  }
  const { code, stdout, stderr } = await ended;
  if (code !== 0) throw new Error(`backup of ${host} ended with ${code}: ${stdout.slice(-2000)}${stderr}`);
  return peakKib / 1024;
}

function wordsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return ""; // It ended while we looked.
  }
}

function isNode(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) === process.execPath;
  } catch {
    return false; // It ended while we looked.
  }
}

/** KiB; the kernel keeps the highest value itself, so that nothing between two looks is missed. */
export function memoryOf(pid: number): { now: number; highest: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
    return { now: field("VmRSS"), highest: field("VmHWM") };
  } catch {
    return { now: 0, highest: 0 }; // It ended while we looked.
  }
}
