// Whether a single flipped byte is found among very many files, and nothing else.
import { closeSync, mkdirSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { VerifyJson } from "../src/contract/types.ts";
import { below, pick, seededRandom } from "../tests/support/random.ts";
import { runTool } from "../tests/support/tool.ts";
import { makeSmallFiles } from "./corpus.ts";
import { costText } from "./cost-rows.ts";
import { dataOf, readAgain } from "./read-again.ts";
import { countText, type Section } from "./report.ts";
import { makeSite, type Site } from "./site.ts";
import type { Cost } from "./statistics.ts";
import { refuseWithoutRoot, type Volume, withVolumes } from "./volume.ts";

const HOST = "many";
const SEED = 20_261_129;
/** The files are many; what they hold need not be much. */
const MEAN_BYTES = 512;

/** @throws Error when undamaged files are called damaged, or the damaged one isn't found and named, or others are */
export async function measureDamage(files: number, say: (line: string) => void): Promise<Section> {
  refuseWithoutRoot("verify");
  const site = makeSite();
  const inodes = Math.ceil(files * 1.2) + 10_000;
  const volume = { bytes: inodes * 2048, inodes, blockBytes: 1024 } as const;
  try {
    return await withVolumes(site.dir, { source: volume, ours: volume }, async (from, ours) => {
      const [tree, root] = [join(from.path, "tree"), join(ours.path, "backups")];
      for (const folder of [tree, root]) mkdirSync(folder);
      say(`verify: making ${countText(files)} files and backing them up`);
      // A damaged file is named once, by any of its names.
      const shape = { files, meanBytes: MEAN_BYTES, hasHardLinks: false };
      const made = await makeSmallFiles(tree, shape, SEED);
      await site.set("migrate");
      await site.set("configure-global", "--backup-root", root);
      await site.addLocalHost(HOST, tree);
      await site.set("backup", HOST);
      await site.set("ls", HOST);
      const whole = await verify(site, ours, files, null);
      say(`verify: nothing is damaged: ${costText(whole.cost)}`);
      const victim = pick(seededRandom(SEED), made.files) ?? "";
      await flipOneByte(join(dataOf(ours, HOST), victim), victim);
      const damaged = await verify(site, ours, files, victim);
      say(`verify: one byte was flipped: ${costText(damaged.cost)}`);
      return {
        title: `One flipped byte among ${countText(files)} files`,
        notes: [
          "Read once as they were stored, and once after one byte of one stored file, picked at random, was flipped and its time " +
            "set back; from a cold disk both times. One run each; that all of this is so is asserted.",
        ],
        columns: ["", "files read", "damaged", "named", "wall s", "CPU s"],
        rows: [row("as stored", whole), row("one byte flipped", damaged)],
      };
    });
  } finally {
    await site.dispose();
  }
}

async function verify(site: Site, ours: Volume, files: number, victim: string | null) {
  await ours.cool();
  const { cost, said } = await readAgain(site, HOST, victim === null ? 0 : 1);
  const named = said.damaged.map(({ path }) => path);
  const expected = victim === null ? [] : [victim];
  if (said.checked !== files || said.unreadable.length > 0 || `${named}` !== `${expected}`)
    throw new Error(
      `of ${files} files ${said.checked} were read, ${said.unreadable.length} could not be, ` +
        `and damaged should be [${expected}], not [${named}]`,
    );
  return { cost, said, named };
}

/** In place, as a disk would. @param alike a file whose time it has */
async function flipOneByte(path: string, alike: string): Promise<void> {
  const at = below(seededRandom(SEED), statSync(path).size);
  const byte = Buffer.alloc(1);
  const file = openSync(path, "r+");
  try {
    readSync(file, byte, 0, 1, at);
    byte.writeUInt8(byte.readUInt8() ^ 1);
    writeSync(file, byte, 0, 1, at);
  } finally {
    closeSync(file);
  }
  await runTool("touch", ["-r", alike, path]);
}

const row = (
  label: string,
  { cost, said, named }: { cost: Cost; said: VerifyJson; named: readonly string[] },
): string[] => [
  ...[label, countText(said.checked), String(said.damaged.length), named.length === 0 ? "" : "yes"],
  ...[cost.wallSeconds.toFixed(2), cost.cpuSeconds.toFixed(2)],
];
