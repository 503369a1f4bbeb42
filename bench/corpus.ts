// The files that are backed up: the same ones every time, from a seed.
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { below, pick, randomBytes, seededRandom } from "../tests/support/random.ts";
import { runTool } from "../tests/support/tool.ts";

export type SmallFiles = {
  readonly directories: readonly string[];
  /** Regular files; changes keep this up to date. */
  readonly files: string[];
  /** Directories, files, links and the top folder itself. */
  readonly entries: number;
  readonly bytes: number;
};

export type SmallFilesSize = {
  readonly files: number;
  readonly meanBytes: number;
  /** Whether some have a second name (default: yes). */
  readonly hasHardLinks?: boolean;
};

const LEVELS = 5;
const FILES_PER_DIRECTORY = 25;
/** Shares of the number of files; with the directories they come to about 110 entries for 100 files. */
const SYMLINKS = 0.05;
const HARD_LINKS = 0.01;
const XATTRS = 0.01;
const CHANGED = 0.01;
const ADDED = 0.005;
const REMOVED = 0.005;

type Content = (random: () => number, length: number) => Buffer;

/** Bytes that don't compress, cut from one pool: drawing each anew would take longer than writing it. */
function contentFrom(seed: number): Content {
  const pool = randomBytes(seededRandom(seed), 2 ** 22);
  return (random, length) => {
    const start = below(random, pool.length - Math.min(length, pool.length));
    return pool.subarray(start, start + length);
  };
}

/** File sizes of a real machine fall off exponentially: many small, few bigger ones. */
export const exponential = (random: () => number, mean: number): number =>
  Math.ceil(-Math.log(1 - random()) * mean);

/** Fills an empty folder: files in folders up to five deep, symlinks, hard links, extended attributes. */
export async function makeSmallFiles(top: string, size: SmallFilesSize, seed: number): Promise<SmallFiles> {
  const random = seededRandom(seed);
  const content = contentFrom(seed);
  const directories = makeDirectories(top, Math.ceil(size.files / FILES_PER_DIRECTORY));
  const somewhere = () => pick(random, directories) ?? top;
  const files: string[] = [];
  let bytes = 0;
  for (let at = 0; at < size.files; at++) {
    const length = exponential(random, size.meanBytes);
    const path = join(somewhere(), `file-${at}`);
    writeFileSync(path, content(random, length));
    files.push(path);
    bytes += length;
  }
  const anyFile = () => pick(random, files) ?? top;
  const symlinks = Math.round(size.files * SYMLINKS);
  for (let at = 0; at < symlinks; at++) symlinkSync(`../target-${at}`, join(somewhere(), `symlink-${at}`));
  const hardLinks = size.hasHardLinks === false ? 0 : Math.round(size.files * HARD_LINKS);
  for (let at = 0; at < hardLinks; at++) linkSync(anyFile(), join(somewhere(), `link-${at}`));
  const attributes = Array.from({ length: Math.round(size.files * XATTRS) }, (_, at) => {
    return `# file: ${anyFile()}\nuser.pobsync.bench="value ${at}"\n`;
  });
  await runTool("setfattr", ["--restore=-"], { input: Buffer.from(attributes.join("\n")) });
  const entries = 1 + directories.length + files.length + symlinks + hardLinks;
  return { directories, files, entries, bytes };
}

/** Folders in a tree of so even a fan-out that the last of its five levels is in use. */
function makeDirectories(top: string, count: number): string[] {
  const fanOut = Math.max(2, Math.ceil(count ** (1 / LEVELS)));
  const all: string[] = [];
  let level = [top];
  while (all.length < count) {
    const next: string[] = [];
    for (const parent of level) {
      for (let at = 0; at < fanOut && all.length < count; at++) {
        const path = join(parent, `folder-${at}`);
        mkdirSync(path);
        next.push(path);
        all.push(path);
      }
    }
    level = next;
  }
  return all;
}

/** One night's work: 1 % of the files changed, 0.5 % new ones, 0.5 % removed. */
export function changeSmallFiles(corpus: SmallFiles, meanBytes: number, round: number): void {
  const random = seededRandom(1000 + round);
  const content = contentFrom(1000 + round);
  const { files, directories } = corpus;
  const share = (part: number) => Math.max(1, Math.round(files.length * part));
  const [changed, added, removed] = [share(CHANGED), share(ADDED), share(REMOVED)];
  for (let at = 0; at < removed; at++) {
    const index = below(random, files.length);
    const last = files.pop();
    const gone = index < files.length ? files[index] : last;
    if (gone === undefined || last === undefined) break;
    if (gone !== last) files[index] = last;
    unlinkSync(gone);
  }
  for (let at = 0; at < changed; at++) {
    const path = pick(random, files);
    // Every other one keeps its size: then only the time tells that it changed.
    if (path !== undefined) {
      const length = at % 2 === 0 ? statSync(path).size : exponential(random, meanBytes);
      writeFileSync(path, content(random, length));
    }
  }
  for (let at = 0; at < added; at++) {
    const path = join(pick(random, directories) ?? "", `new-${round}-${at}`);
    writeFileSync(path, content(random, exponential(random, meanBytes)));
    files.push(path);
  }
}

const MEBIBYTE = 2 ** 20;

/** So many files of so many MiB each that don't compress. @returns their paths */
export function makeBigFiles(top: string, count: number, megabytes: number, seed: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const path = join(top, `big-${at + 1}`);
    const random = seededRandom(seed + at + 1);
    const file = openSync(path, "w");
    for (let written = 0; written < megabytes; written++) writeSync(file, randomBytes(random, MEBIBYTE));
    closeSync(file);
    return path;
  });
}

/** Overwrites 4 MiB in the middle of the file, in pieces at random places. */
export function changeBigFile(path: string, round: number): void {
  const random = seededRandom(2000 + round);
  const { size } = statSync(path);
  const file = openSync(path, "r+");
  for (let at = 0; at < 8; at++) {
    const piece = randomBytes(random, MEBIBYTE / 2);
    writeSync(file, piece, 0, piece.length, below(random, size - piece.length));
  }
  closeSync(file);
}
