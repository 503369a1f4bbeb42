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
  /** Lines about entries. */
  entries: number;
  /** Files over `--max-size`: how many, and the first of their names as rsync prints them. */
  tooLarge: number;
  readonly tooLargeNames: string[];
  /** Regular files that came under a name that the base does not have, and under one that it has. */
  created: number;
  replaced: number;
  /** Lines about some of the latter, spread over all of them. */
  readonly sample: Sample;
}

/** Every so many-th of a stream of unknown length: when it is full, every second one goes. */
interface Sample {
  lines: string[];
  every: number;
}

const SAMPLE_MAX = 64;

function addToSample(sample: Sample, at: number, line: () => string): void {
  if (at % sample.every !== 0) return;
  sample.lines.push(line());
  if (sample.lines.length <= SAMPLE_MAX) return;
  sample.lines = sample.lines.filter((_, index) => index % 2 === 0);
  sample.every *= 2;
}

const CODE_LENGTH = 11;
const SEPARATOR_LENGTH = " // ".length;
const [LINE_FEED, CARRIAGE_RETURN, BLANK, SLASH, ZERO] = [0x0a, 0x0d, 0x20, 0x2f, 0x30];
/** The end of a line in which two whole reports have room. */
const REPORTS_BYTES = 400;
const [ARRIVED, COPIED, SMALL_F, PLUS] = [0x3e, 0x63, 0x66, 0x2b];
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
  entries: 0,
  tooLarge: 0,
  tooLargeNames: [],
  created: 0,
  replaced: 0,
  sample: { lines: [], every: 1 },
});

const TOO_LARGE = " is over max-size";
const NAMES_KEPT = 100;

/**
 * A progress line as numbers, or null when it is none. While the list still grows (`ir-chk`) there is no percentage. How far
 * the list is stands only in lines at the end of a file; and there the time is the one that has passed, in others what is left.
 * @param before what the line before said
 */
export function parseProgress(line: string, before: Progress | null = null): Progress | null {
  const match = PROGRESS.exec(line);
  if (match === null) return null;
  const [, size, share, speed, unit = "", hours, minutes, seconds, list, left, total] = match;
  const [bytes, percent] = [Number(size), Number(share)];
  const bytesPerSecond = Math.round(Number(speed) * (RATE_UNITS[unit] ?? 1));
  const isInFile = list === undefined;
  const whole = isInFile ? before !== null && before.percent !== null : list === "to";
  const known = {
    bytes,
    bytesPerSecond,
    files: isInFile ? (before?.files ?? 0) : Number(total) - Number(left),
  };
  if (!whole) return { ...known, percent: null, secondsLeft: null };
  if (isInFile)
    return { ...known, percent, secondsLeft: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) };
  const canBeKnown = percent > 0 && bytesPerSecond > 0;
  const secondsLeft = canBeKnown ? Math.round((bytes * (100 - percent)) / percent / bytesPerSecond) : null;
  return { ...known, percent, secondsLeft };
}

/** Whether an item line stands at that place: eleven characters of what happened, then the separator. */
const isItem = (text: Buffer, at: number, end: number): boolean =>
  end - at >= CODE_LENGTH + SEPARATOR_LENGTH &&
  text[at + CODE_LENGTH] === BLANK &&
  text[at + CODE_LENGTH + 1] === SLASH &&
  text[at + CODE_LENGTH + 2] === SLASH &&
  text[at + CODE_LENGTH + 3] === BLANK;

/** Counts one item. `>f`: content arrived. `cf`: a local copy, as attributes changed or a link could not be made. */
function countItem(counters: TransferCounters, text: Buffer, at: number, end: number): void {
  counters.entries += 1;
  const what = text[at];
  if (text[at + 1] !== SMALL_F || (what !== ARRIVED && what !== COPIED)) return;
  let bytes = 0;
  for (let digit = at + CODE_LENGTH + SEPARATOR_LENGTH; ; digit += 1) {
    const value = (text[digit] ?? 0) - ZERO;
    if (value < 0 || value > 9) break;
    bytes = bytes * 10 + value;
  }
  counters.newFiles += 1;
  counters.newBytes += bytes;
  if (what === ARRIVED && text[at + 2] === PLUS) counters.created += 1;
  else if (what === ARRIVED) {
    addToSample(counters.sample, counters.replaced, () => text.toString("latin1", at, end));
    counters.replaced += 1;
  }
  if (what === COPIED && text.toString("latin1", at, at + CODE_LENGTH) === UNCHANGED_COPY)
    counters.copiedInsteadOfLinked += 1;
}

/** `Number of files: 11 (reg: 2, dir: 9)` becomes "Number of files" 11, "Number of files: reg" 2, "Number of files: dir" 9. */
function countTotal(counters: TransferCounters, line: string): void {
  if (line.endsWith(TOO_LARGE)) {
    counters.tooLarge += 1;
    if (counters.tooLargeNames.length < NAMES_KEPT)
      counters.tooLargeNames.push(line.slice(0, -TOO_LARGE.length));
    return;
  }
  const match = /^([A-Z][A-Za-z ]+): (\d+)(?: bytes)?(?: \((.*)\))?$/.exec(line);
  if (match === null) return;
  const [, name = "", value, parts = ""] = match;
  counters.totals.set(name, Number(value));
  for (const part of parts.matchAll(/(\w+): (\d+)/g))
    counters.totals.set(`${name}: ${part[1]}`, Number(part[2]));
}

/** What a piece of output held: the lines for the log, and the newest progress, if any. */
export interface OutputPiece {
  readonly log: Buffer;
  readonly progress: Progress | null;
}

/**
 * Takes rsync's output apart, piece by piece; pieces may end anywhere.
 *
 * It works on bytes, because half a million lines a minute would otherwise become as many strings. rsync prints a
 * progress line after every entry, so of each piece only the last two are read: the last may be about the middle of a file.
 */
export function outputReader(counters: TransferCounters): (piece: Buffer) => OutputPiece {
  let carry: Buffer = Buffer.alloc(0);
  let newest: Progress | null = null;
  return (piece) => {
    const text = carry.length === 0 ? piece : Buffer.concat([carry, piece]);
    const log = Buffer.allocUnsafe(text.length);
    let logged = 0;
    let [earlierAt, progressAt] = [-1, -1];
    let at = 0;
    for (let end = text.indexOf(LINE_FEED); end >= 0; end = text.indexOf(LINE_FEED, at)) {
      if (text[at] === CARRIAGE_RETURN) [earlierAt, progressAt] = [progressAt, at];
      else if (end > at) {
        if (isItem(text, at, end)) countItem(counters, text, at, end);
        else countTotal(counters, text.toString("latin1", at, end));
        logged += text.copy(log, logged, at, end + 1);
      }
      at = end + 1;
    }
    // An unfinished line may be progress already: rsync ends it only when something else is to be said.
    if (text[at] === CARRIAGE_RETURN) [earlierAt, progressAt] = [progressAt, at];
    carry = unfinished(text, at);
    if (earlierAt >= 0) newest = lastProgress(text, earlierAt, newest) ?? newest;
    const progress = progressAt < 0 ? null : lastProgress(text, progressAt, newest);
    newest = progress ?? newest;
    return { log: log.subarray(0, logged), progress };
  };
}

/**
 * What must be kept until the next piece. Of a line of progress only the last report: while a million unchanged files are
 * compared, rsync never ends that line.
 */
export const unfinished = (text: Buffer, at: number): Buffer =>
  Buffer.from(text.subarray(Math.max(at, text.lastIndexOf(CARRIAGE_RETURN))));

/** A line may hold many progress reports, each after a carriage return; the last whole one counts, in the light of those before. */
function lastProgress(text: Buffer, at: number, before: Progress | null): Progress | null {
  const lineEnd = text.indexOf(LINE_FEED, at);
  const end = lineEnd < 0 ? text.length : lineEnd;
  const reports = text.toString("latin1", Math.max(at, end - REPORTS_BYTES), end).split("\r");
  let found: Progress | null = null;
  for (const report of reports) found = parseProgress(report, found ?? before) ?? found;
  return found;
}
