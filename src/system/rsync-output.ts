// rsync's standard output: item lines, progress and counters, taken apart while they stream by.
import type { Progress } from "../domain/run.ts";

/** Counted from the item lines and from `--stats`. Sizes are apparent sizes in bytes. */
export interface TransferCounters {
  /** The counters of --stats by their English names, such as "Number of files". */
  readonly totals: Map<string, number>;
  /** Regular files that got an inode of their own, and their size. */
  newFiles: number;
  newBytes: number;
  /** Unchanged files that could not be linked to the base: `cf` and nine blanks. rsync itself says nothing. */
  copiedInsteadOfLinked: number;
}

const SEPARATOR = " // ";
const CODE_LENGTH = 11;
const CARRIAGE_RETURN = 13;
const UNCHANGED_COPY = "cf         ";
/** rsync's progress: bytes, percent, rate, time, and how far the list is. */
const PROGRESS =
  /^\s*(\d+)\s+(\d+)%\s+([\d.]+)([kMGT]?)B\/s\s+(\d+):(\d\d):(\d\d)(?:.*\b(ir|to)-chk=(\d+)\/(\d+)\))?/;
const RATE_UNITS: Record<string, number> = { "": 1, k: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

export const newCounters = (): TransferCounters => ({
  totals: new Map(),
  newFiles: 0,
  newBytes: 0,
  copiedInsteadOfLinked: 0,
});

/** A progress line as numbers, or null when it is none. While the list still grows (`ir-chk`) there is no percentage. */
export function parseProgress(line: string): Progress | null {
  const match = PROGRESS.exec(line);
  if (match === null) return null;
  const [, bytes, percent, rate, unit = "", hours, minutes, seconds, list, left, total] = match;
  const whole = list === "to";
  return {
    bytes: Number(bytes),
    percent: whole ? Number(percent) : null,
    files: total === undefined ? 0 : Number(total) - Number(left),
    bytesPerSecond: Math.round(Number(rate) * (RATE_UNITS[unit] ?? 1)),
    secondsLeft: whole ? Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) : null,
  };
}

/** Counts one item line; false when the line is none. */
function countItem(counters: TransferCounters, line: string): boolean {
  if (!line.startsWith(SEPARATOR, CODE_LENGTH)) return false;
  const what = line.charCodeAt(0);
  // ">f": content arrived. "cf": a local copy, because attributes changed or because a link could not be made.
  if (line[1] === "f" && (what === 0x3e || what === 0x63)) {
    counters.newFiles += 1;
    counters.newBytes +=
      Number.parseInt(line.slice(CODE_LENGTH + SEPARATOR.length, CODE_LENGTH + SEPARATOR.length + 20), 10) ||
      0;
    if (line.startsWith(UNCHANGED_COPY)) counters.copiedInsteadOfLinked += 1;
  }
  return true;
}

/** `Number of files: 11 (reg: 2, dir: 9)` becomes "Number of files" 11, "Number of files: reg" 2, "Number of files: dir" 9. */
function countTotal(counters: TransferCounters, line: string): void {
  const match = /^([A-Z][A-Za-z ]+): (\d+)(?: bytes)?(?: \((.*)\))?$/.exec(line);
  if (match === null) return;
  const [, name = "", value, parts = ""] = match;
  counters.totals.set(name, Number(value));
  for (const part of parts.matchAll(/(\w+): (\d+)/g))
    counters.totals.set(`${name}: ${part[1]}`, Number(part[2]));
}

/** What a piece of output held: the lines for the log, and the newest progress, if any. */
export interface OutputPiece {
  readonly log: string;
  readonly progress: Progress | null;
}

/**
 * Takes rsync's output apart, piece by piece; pieces may end anywhere.
 *
 * rsync prints a progress line after every entry, so of each piece only the last one is read.
 */
export function outputReader(counters: TransferCounters): (piece: string) => OutputPiece {
  let carry = "";
  return (piece) => {
    const lines = (carry + piece).split("\n");
    carry = lines.pop() ?? "";
    const kept: string[] = [];
    let progressLine = "";
    for (const line of lines) {
      if (line.charCodeAt(0) === CARRIAGE_RETURN) {
        progressLine = line;
        continue;
      }
      if (line === "") continue;
      if (!countItem(counters, line)) countTotal(counters, line);
      kept.push(line);
    }
    // An unfinished line may be progress already: rsync ends it only when something else is to be said.
    if (carry.charCodeAt(0) === CARRIAGE_RETURN) progressLine = carry;
    return {
      log: kept.length === 0 ? "" : `${kept.join("\n")}\n`,
      progress: progressLine === "" ? null : lastProgress(progressLine),
    };
  };
}

/** A line may hold many progress reports, each after a carriage return; the last whole one counts. */
function lastProgress(line: string): Progress | null {
  const reports = line.split("\r");
  for (let index = reports.length - 1; index >= 0; index -= 1) {
    const progress = parseProgress(reports[index] ?? "");
    if (progress !== null) return progress;
  }
  return null;
}
