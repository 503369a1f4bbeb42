// Finds the backups that other tools left on this server's disk. Nothing is written, moved or followed.
import { constants, type Stats } from "node:fs";
import { lstat, open, opendir, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type AdoptTool,
  datesInName,
  type ForeignTree,
  isRsnapshotInterval,
  parseDirvishSummary,
  parseTimeBackupName,
  type RefusedTree,
  TOOL_FURNITURE,
  unfinishedTimeBackup,
  whyRsnapshotOwn,
} from "../domain/foreign-history.ts";
import { pathText } from "../domain/path-text.ts";
import { badInput } from "../domain/problem.ts";
import { type Clock, systemClock } from "./clock.ts";

/** Far more than any of these tools keeps; a folder with more is something else. */
const ENTRIES_MAX = 10_000;
const SUMMARY_BYTES_MAX = 1 << 20;
const NAMES_SHOWN = 5;

export interface ForeignOrder {
  readonly tool: AdoptTool;
  /** rsnapshot's snapshot_root, a vault of dirvish, the destination of rsync-time-backup, or any folder of backups. */
  readonly dir: string;
  readonly host: string;
  /** The folder in each interval of rsnapshot that holds the host's files, such as "web1"; null: the host's name. */
  readonly tree: string | null;
  /** What the trees are of on the host; null: what the tool says or else "/". */
  readonly hostPath: string | null;
  /** The one in which the tool wrote its times. */
  readonly timeZone: string;
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stats: Stats;
}
type Finding = ForeignTree | RefusedTree;
/** Looks at one folder directly below `dir`; whether its tree can be read and has anything in it is seen afterwards. */
type Reader = (entry: Entry, order: ForeignOrder) => Promise<Finding> | Finding;

const READERS: Record<AdoptTool, Reader> = {
  rsnapshot: readInterval,
  dirvish: readImage,
  "rsync-time-backup": readTimeBackup,
  plain: readPlain,
};

/** The backups of a host that another tool made, oldest first, and what else lies there with the reason to leave it. */
export async function findForeignTrees(
  order: ForeignOrder,
  clock: Clock = systemClock,
): Promise<{ trees: ForeignTree[]; refused: RefusedTree[] }> {
  const dir = await realFolder(order.dir);
  const names = await readdir(dir, { encoding: "buffer" }).catch((error: unknown) => {
    throw badInput("The folder", order.dir, `${whyUnreadable(error)}.`);
  });
  if (names.length > ENTRIES_MAX)
    throw badInput("The folder", order.dir, `has more than ${ENTRIES_MAX} entries.`);
  const unfinished = order.tool === "rsync-time-backup" ? unfinishedTimeBackup(names.map(String)) : null;
  const now = clock();
  const trees: ForeignTree[] = [];
  const refused: RefusedTree[] = [];
  for (const name of names.sort(Buffer.compare)) {
    if (TOOL_FURNITURE[order.tool].includes(String(name))) continue;
    const finding = await lookAt(dir, name, order, unfinished, now);
    if (finding === null) continue;
    if ("why" in finding) refused.push(finding);
    else trees.push(finding);
  }
  // Sorting keeps the order of what is equal, here that of the names.
  return { trees: trees.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime()), refused };
}

/** Where a folder really is. One with a strange name is refused, so that every path here is its own text. */
async function realFolder(given: string): Promise<string> {
  const real = await realpath(given, { encoding: "buffer" }).catch((error: unknown) => {
    throw badInput("The folder", given, `${whyUnreadable(error)}.`);
  });
  if (!isPlain(real)) throw badInput("The folder", pathText(real), "has a name with unusual characters.");
  if (!(await stat(real)).isDirectory()) throw badInput("The folder", given, "is not a folder.");
  return String(real);
}

const isPlain = (bytes: Buffer): boolean => pathText(bytes) === String(bytes);

/** What is at one entry; null for a `latest` link, which says nothing new. */
async function lookAt(
  dir: string,
  nameBytes: Buffer,
  order: ForeignOrder,
  unfinished: string | null,
  now: Date,
): Promise<Finding | null> {
  const path = join(dir, pathText(nameBytes));
  if (!isPlain(nameBytes))
    return { path, why: "has a name with control characters, backslashes or bytes that are not UTF-8" };
  const name = String(nameBytes);
  const stats = await lstat(path).catch(whyUnreadable);
  if (typeof stats === "string") return { path, why: stats };
  if (stats.isSymbolicLink() && name === "latest") return null;
  const why = whyNoFolder(stats);
  if (why !== null) return { path, why };
  if (name === unfinished) return { path, why: "is not finished: there is a backup.inprogress" };
  const finding = await READERS[order.tool]({ name, path, stats }, order);
  if ("why" in finding) return finding;
  if (finding.finishedAt > now)
    return { path, why: `is of ${finding.finishedAt.toISOString()}, which is in the future` };
  const whyNot = await whyNoTree(finding.path);
  return whyNot === null ? finding : { path: finding.path, why: whyNot };
}

/**
 * A level of rsnapshot. Its time is that of the folder: rsnapshot touches it when a backup has ended, and rotating keeps
 * that. With `rsync --relative`, its default, a tree holds whole absolute paths.
 */
async function readInterval({ name, path, stats }: Entry, order: ForeignOrder): Promise<Finding> {
  const own = whyRsnapshotOwn(name);
  if (own !== null) return { path, why: own };
  if (!isRsnapshotInterval(name)) return { path, why: "is not named like an interval of rsnapshot" };
  const tree = order.tree ?? order.host;
  let folder = path;
  for (const part of treeNames(tree)) {
    folder = join(folder, part);
    const inner = await lstat(folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      return whyUnreadable(error);
    });
    if (inner === null) return { path, why: `has no folder "${tree}"; ${await foldersIn(path)}` };
    const why = typeof inner === "string" ? inner : whyNoFolder(inner);
    if (why !== null) return { path: folder, why };
  }
  return treeAt(folder, order, "scheduled", secondOf(stats.mtimeMs));
}

/** An image of dirvish: its files are in `tree`, and `summary` says how it went. */
async function readImage({ path }: Entry, order: ForeignOrder): Promise<Finding> {
  const summary = await readSummary(join(path, "summary"));
  if (typeof summary !== "string") return { path, ...summary };
  const image = parseDirvishSummary(summary, order.timeZone, order.hostPath);
  return "why" in image ? { path, ...image } : { path: join(path, "tree"), kind: "scheduled", ...image };
}

function readTimeBackup({ name, path }: Entry, order: ForeignOrder): Finding {
  const at = parseTimeBackupName(name, order.timeZone);
  if (at === null) return { path, why: "is not named like a backup of rsync-time-backup" };
  return treeAt(path, order, "scheduled", at);
}

function readPlain({ name, path, stats }: Entry, order: ForeignOrder): Finding {
  const [at = secondOf(stats.mtimeMs), ...others] = datesInName(name, order.timeZone);
  if (others.length > 0) return { path, why: "has more than one date in its name" };
  return treeAt(path, order, "manual", at);
}

const treeAt = (path: string, order: ForeignOrder, kind: ForeignTree["kind"], at: Date): ForeignTree => ({
  ...{ path, hostPath: order.hostPath ?? "/", startedAt: at, finishedAt: at, kind, status: "succeeded" },
});

const secondOf = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000);

function treeNames(tree: string): readonly string[] {
  const names = tree.split("/").filter((name) => name !== "");
  if (names.length === 0 || tree.startsWith("/") || names.some((name) => name === "." || name === ".."))
    throw badInput("The tree", tree, "is not the name of a folder in each interval.");
  if (!isPlain(Buffer.from(tree))) throw badInput("The tree", tree, "contains unusual characters.");
  return names;
}

/** The folders in an interval, for whoever gave the wrong name. */
async function foldersIn(path: string): Promise<string> {
  const entries = await readdir(path, { encoding: "buffer", withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => pathText(name));
  if (names.length === 0) return "it has no folders";
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : "";
  return `it has ${names.sort().slice(0, NAMES_SHOWN).join(", ")}${more}`;
}

/** A file's bytes as latin1. It is opened without waiting, because a pipe in its place would keep us for ever. */
async function readSummary(path: string): Promise<string | { why: string }> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) return { why: "has a summary that is not a file" };
      if (stats.size > SUMMARY_BYTES_MAX) return { why: "has a summary of more than 1 MiB" };
      return await file.readFile("latin1");
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { why: "has no summary, so it is not an image of dirvish" };
    if (code === "ELOOP") return { why: "has a summary that is a link, and links are not followed" };
    return { why: `has a summary that ${whyUnreadable(error)}` };
  }
}

/** Why a folder cannot be a backup; null when it has something in it. */
async function whyNoTree(path: string): Promise<string | null> {
  try {
    const why = whyNoFolder(await lstat(path));
    if (why !== null) return why;
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      const folder = await opendir(`/proc/self/fd/${handle.fd}/.`);
      const first = await folder.read();
      await folder.close();
      return first === null ? "is empty" : null;
    } finally {
      await handle.close();
    }
  } catch (error) {
    return whyUnreadable(error);
  }
}

function whyNoFolder(stats: Stats): string | null {
  if (stats.isSymbolicLink()) return "is a link, and links are not followed";
  return stats.isDirectory() ? null : "is not a folder";
}

/** What the system said, as the rest of a sentence. */
function whyUnreadable(error: unknown): string {
  const { code = "unknown" } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "does not exist";
  if (code === "ENOTDIR") return "is not a folder";
  if (code === "EACCES" || code === "EPERM") return "may not be read by this user";
  return `cannot be read (${code})`;
}
