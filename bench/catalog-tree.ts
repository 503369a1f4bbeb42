// The files of a made-up host: where they lie, what they are called, and what becomes of them in a night. Numbers stand
// for files, because a million paths would take more memory than the catalog that is measured.
import { below } from "../tests/support/random.ts";
import { exponential } from "./corpus.ts";

export type CatalogTree = {
  /** Paths without slashes at the ends, folders before what they hold. The last two are `big` and `busy`. */
  readonly folders: readonly string[];
  /** By number of the file. */
  readonly folderOf: Int32Array;
  /** How many numbers were given to files so far; those that are gone keep theirs. */
  given: number;
  /** Numbers of files that are there, in the first `liveCount` places; without `HOT` and those in `busy`. */
  readonly live: Int32Array;
  liveCount: number;
  /** What lies in `busy` now: all of it is gone the next night, as sessions and spools are. */
  busyNow: readonly number[];
};

/** What is told of a night: folders by their place, files by their numbers. */
export type Night = {
  readonly folders: readonly number[];
  readonly files: readonly number[];
  readonly gone: readonly number[];
};

/** The file that changes every night. */
export const HOT = 0;
/** Where everything lies. */
export const TOP = "srv/data";
export const BIG_FOLDER = `${TOP}/zz-big`;
export const BUSY_FOLDER = `${TOP}/zz-sessions`;

const LEVELS = 5;
const FILES_PER_FOLDER = 25;
/** Shares of the files; together 1 % of them change, come or go in a night. */
const CHANGED = 0.006;
const ADDED = 0.001;
const BUSY = 0.001;
const BIG_ENTRIES = 10_000;

export const WORDS = [
  ...["invoice", "report", "photo", "backup", "draft", "letter", "index", "main", "config", "readme"],
  ...["summary", "budget", "contract", "meeting", "notes", "archive", "export", "import", "session", "cache"],
  ...["template", "logo", "banner", "thumbnail", "video", "audio", "track", "episode", "chapter", "page"],
  ...["script", "module", "package", "library", "test", "fixture", "sample", "dataset", "café", "übersicht"],
] as const;
export const ENDINGS = ["pdf", "jpg", "txt", "conf", "ts", "log", "xml", "docx", "png", "bin"] as const;

const mixed = (number: number): number => (Math.imul(number + 1, 0x9e3779b1) >>> 0) >>> 8;

/** No other file has the same name. */
export function nameOf(number: number): string {
  const word = WORDS[mixed(number) % WORDS.length];
  const ending = ENDINGS[mixed(number * 7 + 3) % ENDINGS.length];
  return `${word}-${String(number).padStart(7, "0")}.${ending}`;
}

export const pathOf = ({ folders, folderOf }: CatalogTree, number: number): string =>
  `${folders[folderOf[number] ?? 0]}/${nameOf(number)}`;

const share = (files: number, part: number): number => Math.max(1, Math.round(files * part));

/** The first night's files, in the order of their folders. @param nights how many there will be, for the room they need */
export function plantTree(random: () => number, files: number, nights: number): CatalogTree {
  const [big, busy] = [Math.min(BIG_ENTRIES, Math.floor(files / 5)), share(files, BUSY)];
  const usual = usualFolders(Math.ceil((files - big - busy) / FILES_PER_FOLDER));
  const room = files + nights * (share(files, ADDED) + busy);
  const tree: CatalogTree = {
    folders: ["srv", TOP, ...usual, BIG_FOLDER, BUSY_FOLDER],
    ...{ folderOf: new Int32Array(room), given: 0, live: new Int32Array(room), liveCount: 0, busyNow: [] },
  };
  let left = files - big - busy;
  for (let at = 0; left > 0; at = (at + 1) % usual.length) {
    const some = Math.min(left, exponential(random, FILES_PER_FOLDER));
    for (let count = 0; count < some; count++) addFile(tree, at + 2);
    left -= some;
  }
  for (let count = 0; count < big; count++) addFile(tree, tree.folders.length - 2);
  tree.busyNow = Array.from({ length: busy }, () => addBusyFile(tree));
  return tree;
}

/** In a tree of so even a fan-out that the last level is in use, folders before what they hold. */
function usualFolders(count: number): string[] {
  const fanOut = Math.max(2, Math.ceil(count ** (1 / LEVELS)));
  const all: string[] = [];
  let level: string[] = [TOP];
  while (all.length < count) {
    const next: string[] = [];
    for (const parent of level)
      for (let at = 0; at < fanOut && all.length + next.length < count; at++)
        next.push(`${parent}/${WORDS[mixed(all.length + next.length) % WORDS.length]}-${at}`);
    all.push(...next);
    level = next;
  }
  return all.sort();
}

function give(tree: CatalogTree, folder: number): number {
  const number = tree.given++;
  tree.folderOf[number] = folder;
  return number;
}

function addFile(tree: CatalogTree, folder: number): number {
  const number = give(tree, folder);
  // It must not be removed by chance.
  if (number !== HOT) tree.live[tree.liveCount++] = number;
  return number;
}

const addBusyFile = (tree: CatalogTree): number => give(tree, tree.folders.length - 1);

/** One night: files are changed, added and removed, and the folders in which something came or went have another time. */
export function changeTree(random: () => number, tree: CatalogTree): Night {
  const all = tree.liveCount;
  const changed = new Set([HOT]);
  const gone: number[] = [...tree.busyNow];
  for (let count = share(all, ADDED); count > 0; count--) {
    const at = below(random, tree.liveCount);
    gone.push(tree.live[at] ?? 0);
    tree.live[at] = tree.live[--tree.liveCount] ?? 0;
  }
  const aLiveOne = (): number => tree.live[below(random, tree.liveCount)] ?? 0;
  while (changed.size < share(all, CHANGED)) changed.add(aLiveOne());
  // Where many files are, many come.
  const folders = Array.from({ length: share(all, ADDED) }, () => tree.folderOf[aLiveOne()] ?? 0);
  const added = folders.map((folder) => addFile(tree, folder));
  tree.busyNow = tree.busyNow.map(() => addBusyFile(tree));
  const touched = new Set([...gone, ...added, ...tree.busyNow].map((number) => tree.folderOf[number] ?? 0));
  return { folders: [...touched], files: [...changed, ...added, ...tree.busyNow], gone };
}
