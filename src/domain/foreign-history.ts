// Backups that other tools made: when they were made and of what, as far as names and summaries say it.
import { parseAbsolutePath } from "./path-input.ts";
import { pathText } from "./path-text.ts";
import { quoted } from "./problem.ts";
import type { SnapshotKind, SnapshotStatus } from "./snapshot.ts";
import { showing } from "./wall-clock.ts";

export const ADOPT_TOOLS = ["rsnapshot", "dirvish", "rsync-time-backup", "plain"] as const;
export type AdoptTool = (typeof ADOPT_TOOLS)[number];

/** What belongs to a tool in its folder and is never a backup. */
export const TOOL_FURNITURE: Record<AdoptTool, readonly string[]> = {
  rsnapshot: [],
  dirvish: ["dirvish"],
  "rsync-time-backup": ["backup.marker", "backup.inprogress"],
  plain: [],
};

/** One backup that another tool made. Its times are whole seconds. */
export interface ForeignTree {
  /** Real absolute path of the folder that holds the files. Plain: it is the same as its path text. */
  readonly path: string;
  /** What the tree is of, as path text: "/" for whole absolute paths, "/home" when its files are those of /home. */
  readonly hostPath: string;
  readonly startedAt: Date;
  /** The same as the start where the tool leaves only one time behind. */
  readonly finishedAt: Date;
  readonly kind: SnapshotKind;
  /** A warning when the tool itself says that it was not clean. */
  readonly status: SnapshotStatus;
}

/** Something that was found and is no backup to adopt. */
export interface RefusedTree {
  /** As path text. */
  readonly path: string;
  /** Why, as the rest of a sentence that begins with the path. */
  readonly why: string;
}

/** A time on a wall, as the milliseconds at which a clock in UTC shows it; null for 31 February and before 1970. */
function wallMs(year: string, month: string, day: string, hour = "00", minute = "00", second = "00") {
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const ms = Date.parse(iso);
  // 31 February parses as 3 March: only what reads back unchanged was a date.
  return ms >= 0 && new Date(ms).toISOString() === iso ? ms : null;
}

/**
 * The instant of a time on a wall.
 *
 * One that the wall shows twice is taken for its first turn. One that is skipped, because the zone is not the one in
 * which it was written, is the end of the gap.
 */
const instantOf = (timeZone: string, wall: number): Date => new Date(showing(timeZone, wall).instants[0]);

/** Whether a folder is one of rsnapshot's: a level of letters, digits and underscores, and how old it is in turns. */
export const isRsnapshotInterval = (name: string): boolean => /^\w+\.\d+$/.test(name);

/** Why a folder that rsnapshot made for itself is no backup; null when it is not one of those. */
export function whyRsnapshotOwn(name: string): string | null {
  if (name === ".sync")
    return "is where rsnapshot prepares its next backup; its newest finished one is in the lowest interval";
  if (/^_delete\.\d+$/.test(name)) return "is a backup that rsnapshot was deleting";
  return null;
}

/** When rsync-time-backup began, which is how it names its folders (`date +%Y-%m-%d-%H%M%S`); null for other names. */
export function parseTimeBackupName(name: string, timeZone: string): Date | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)-(\d\d)(\d\d)(\d\d)$/.exec(name);
  if (match === null) return null;
  const [, year = "", month = "", day = "", hour, minute, second] = match;
  const wall = wallMs(year, month, day, hour, minute, second);
  return wall === null ? null : instantOf(timeZone, wall);
}

/**
 * The backup that rsync-time-backup works on or will go on with, by the names in its destination; null when all are whole.
 *
 * While `backup.inprogress` lies there, that is the newest: after a failure, the script renames it and resumes in it.
 */
export function unfinishedTimeBackup(names: readonly string[]): string | null {
  if (!names.includes("backup.inprogress")) return null;
  const backups = names.filter((name) => parseTimeBackupName(name, "UTC") !== null);
  return backups.sort().at(-1) ?? null;
}

const DATE = String.raw`(?<year>\d{4})(?<gap>[-_.]?)(?<month>\d\d)\k<gap>(?<day>\d\d)`;
const TIME = String.raw`[T_ .-]?(?<hour>[01]\d|2[0-3])[-:.h_]?(?<minute>[0-5]\d)(?:[-:.m_]?(?<second>[0-5]\d))?`;
const ZONE = String.raw`(?:[.,]\d{1,9})?(?<zone>Z|[ _-]?(?:UTC|GMT)|\+[01]\d:?[0-5]\d|-[01]\d:[0-5]\d)?`;
/** `GMT-` before the date is how Samba names the snapshots that it offers as earlier versions. */
const DATED = new RegExp(String.raw`(?<utc>GMT-)?(?<!\d)${DATE}(?:${TIME}${ZONE})?(?!\d)`, "g");
/** Ten digits at the end of a name, from September 2001 to March 2033. */
const UNIX_SECONDS = /(?:^|[^\dA-Za-z])(1\d{9})$/;

/**
 * The times that a name says, each once; empty when it says none.
 *
 * A date is year, month and day, a time of day may follow. Without a zone it is what the wall showed; without a time it is
 * the start of that day. Names that begin with the day are not read, since nobody can tell 3 April from 4 March.
 */
export function datesInName(name: string, timeZone: string): Date[] {
  const found = new Set<number>();
  for (const { groups = {} } of name.matchAll(DATED)) {
    const { year = "", month = "", day = "", hour, minute, second, zone, utc } = groups;
    const wall = wallMs(year, month, day, hour, minute, second);
    if (wall === null) continue;
    const isUtc = utc !== undefined || /[ZUG]/.test(zone ?? "");
    if (isUtc) found.add(wall);
    else if (zone === undefined) found.add(instantOf(timeZone, wall).getTime());
    else found.add(wall - aheadMs(zone));
  }
  const seconds = UNIX_SECONDS.exec(name)?.[1];
  if (found.size === 0 && seconds !== undefined) found.add(Number(seconds) * 1000);
  return [...found].map((ms) => new Date(ms));
}

/** `+01:00` and `+0100` in milliseconds. */
function aheadMs(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}

/** What the summary of a dirvish image says. */
export type DirvishImage = Pick<ForeignTree, "hostPath" | "startedAt" | "finishedAt" | "status">;

/**
 * Reads the `summary` that dirvish 1.2.1 leaves in each image.
 *
 * The times are those at which rsync ran, not `Image-now`, which `--image-time` sets to what a person likes.
 * @param summary the file's bytes, each as the character of its number (latin1), because its paths are bytes
 * @param hostPath what the tree is of, when a person said so; otherwise the summary says it
 */
export function parseDirvishSummary(
  summary: string,
  timeZone: string,
  hostPath: string | null,
): DirvishImage | { readonly why: string } {
  const said = (key: string): string | null =>
    new RegExp(`^${key}: *(.*?) *$`, "m").exec(summary)?.[1] ?? null;
  const status = dirvishStatus(said("Status"));
  if (typeof status !== "string") return status;
  const begin = dirvishWall(said("Backup-begin"));
  const complete = dirvishWall(said("Backup-complete"));
  if (begin === null || complete === null) return { why: "has a summary without the times of the backup" };
  const startedAt = instantOf(timeZone, begin);
  // While the clocks are set back, the end may show an earlier time than the start: then it is that time's second turn.
  const ends = showing(timeZone, complete).instants;
  const finishedAt = new Date(ends.find((end) => end >= startedAt.getTime()) ?? startedAt);
  const of = hostPath ?? dirvishTree(said("tree") ?? "");
  return typeof of === "string" ? { hostPath: of, startedAt, finishedAt, status } : of;
}

function dirvishWall(text: string | null): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text ?? "");
  if (match === null) return null;
  const [, year = "", month = "", day = "", hour, minute, second] = match;
  return wallMs(year, month, day, hour, minute, second);
}

/**
 * How an image ended. With a warning, dirvish itself goes on to build upon it. Its "error (23)" is rsync's partial
 * transfer: all files but some. A code that it doesn't know, such as ssh's 255, it leaves without a word: " (255) -- ".
 */
function dirvishStatus(said: string | null): SnapshotStatus | { readonly why: string } {
  if (said === null)
    return { why: "has a summary without a status: dirvish was stopped, or has not finished yet" };
  if (said === "success") return "succeeded";
  if (/^warning \(|^error \(23\)/.test(said)) return "warning";
  return { why: `failed: dirvish says ${quoted(said)}` };
}

/** The path on the host in `tree:`, where a space that belongs to it has a backslash before it. */
function dirvishTree(spec: string): string | { readonly why: string } {
  const asText = (latin1: string) => pathText(Uint8Array.from(latin1, (byte) => byte.charCodeAt(0)));
  const why = (what: string) => ({
    why: `has the tree ${asText(spec)}, ${what}; say what the trees are of on the host`,
  });
  // Dirvish 1.2.1 then reads the folder without the last letter of its name: nobody can tell what the tree is of.
  // Not \s, which is also one of the bytes of "à".
  if (/[^\\][ \t]/.test(spec)) return why("which has a second name");
  try {
    return parseAbsolutePath("The tree", asText(spec.replaceAll("\\ ", " ")));
  } catch {
    return why("which is no absolute path");
  }
}
