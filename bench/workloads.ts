// The two things that are backed up: many small files, and two big ones.
import type { Workload } from "./backup-speed.ts";
import { changeBigFile, changeSmallFiles, makeBigFiles, makeSmallFiles, type SmallFiles } from "./corpus.ts";
import { countText, sizeText } from "./report.ts";

const SEED = 20_261_123;
const SMALL_MEAN_BYTES = 4096;
/** A file of exponential size, rounded up to blocks, with its share of folders and logs. */
const SMALL_BYTES_ON_DISK = 8192;

export function smallFiles(files: number, rounds: number): Workload {
  let corpus: SmallFiles | null = null;
  const oneTree = { bytes: files * SMALL_BYTES_ON_DISK, inodes: Math.ceil(files * 1.2) + 1000 };
  return {
    benchmark: "files",
    title: `${countText(files)} small files`,
    source: { bytes: oneTree.bytes, inodes: oneTree.inodes * 2 },
    // An incremental makes its folders and a few files anew.
    store: {
      bytes: oneTree.bytes * (1.2 * rounds + 1),
      inodes: oneTree.inodes * Math.ceil(1.2 * rounds + 1),
    },
    async fill(tree) {
      corpus = await makeSmallFiles(tree, { files, meanBytes: SMALL_MEAN_BYTES }, SEED);
      const { entries, bytes } = corpus;
      return (
        `${countText(entries)} entries, ${sizeText(bytes)}, in folders up to five deep, with symlinks, hard links and ` +
        "extended attributes. Incremental: 1 % of the files changed, 0.5 % added, 0.5 % removed."
      );
    },
    change(round) {
      if (corpus !== null) changeSmallFiles(corpus, SMALL_MEAN_BYTES, round);
    },
  };
}

export function bigFiles(megabytes: number, rounds: number): Workload {
  let paths: readonly string[] = [];
  const both = megabytes * 2 ** 21;
  return {
    benchmark: "big",
    title: `Two files of ${megabytes} MiB`,
    source: { bytes: both, inodes: 1000 },
    store: { bytes: both * (1.5 * rounds + 1), inodes: 10_000 },
    async fill(tree) {
      paths = makeBigFiles(tree, 2, megabytes, SEED);
      return "Random bytes. Incremental: 4 MiB of one of them are overwritten in eight places, the other is untouched.";
    },
    change(round) {
      if (paths[0] !== undefined) changeBigFile(paths[0], round);
    },
  };
}
