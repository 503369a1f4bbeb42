// rsync's standard output: item lines, progress and counters, taken apart while they stream by.
import { Writable } from "node:stream";
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
export function countItem(counters: TransferCounters, line: string): boolean {
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
export function countTotal(counters: TransferCounters, line: string): void {
  const match = /^([A-Z][A-Za-z ]+): (\d+)(?: bytes)?(?: \((.*)\))?$/.exec(line);
  if (match === null) return;
  const [, name = "", value, parts = ""] = match;
  counters.totals.set(name, Number(value));
  for (const part of parts.matchAll(/(\w+): (\d+)/g))
    counters.totals.set(`${name}: ${part[1]}`, Number(part[2]));
}

/**
 * Takes rsync's output: counts it, reports progress, and passes every line but progress on to the log.
 *
 * Works at the log's pace, so that memory stays flat however many files there are.
 */
export function outputReader(
  counters: TransferCounters,
  onProgress: (progress: Progress) => void,
  log: (text: string) => Promise<void> | void,
): Writable {
  let carry = "";
  const take = (lines: readonly string[]): string => {
    let forLog = "";
    let lastProgress: string | null = null;
    for (const line of lines) {
      if (line === "") continue;
      if (countItem(counters, line)) forLog += `${line}\n`;
      else if (line.startsWith(" ")) lastProgress = line;
      else {
        countTotal(counters, line);
        forLog += `${line}\n`;
      }
    }
    const progress = lastProgress === null ? null : parseProgress(lastProgress);
    if (progress !== null) onProgress(progress);
    return forLog;
  };
  const writeLog = (text: string, done: (error?: Error | null) => void): void => {
    const waiting = text === "" ? undefined : log(text);
    if (waiting === undefined) done();
    else waiting.then(() => done(), done);
  };
  return new Writable({
    // Item lines are ASCII: rsync escapes every other byte under LC_ALL=C.
    write(chunk: Buffer, _encoding, done) {
      const lines = (carry + chunk.toString("latin1")).split(/[\r\n]/);
      carry = lines.pop() ?? "";
      writeLog(take(lines), done);
    },
    final(done) {
      writeLog(take([carry]), done);
    },
  });
}
