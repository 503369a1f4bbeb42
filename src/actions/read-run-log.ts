// The log of a run for those who read it elsewhere: page by page, as a whole, or while it grows. All of it is printable.
import { printable } from "../domain/problem.ts";
import { isFinished, type Run } from "../domain/run.ts";
import type { Site } from "../domain/site.ts";
import { readingProblem } from "../system/disk-problem.ts";
import { existingLog, runLogFile } from "../system/log-shelf.ts";
import { followLog } from "../system/read-log.ts";
import type { App } from "./app.ts";
import { elsewhere, hostContext } from "./host-context.ts";

export interface LogPage {
  readonly lines: readonly string[];
  /** The number of the line that comes after them; null when none will. */
  readonly next: number | null;
  /** The run has ended, so that nothing more is written. */
  readonly ended: boolean;
  /** False: there is none yet, or none any more. */
  readonly exists: boolean;
}

/** A path at its longest, with every byte of it written as rsync does; whatever else a longer line says is left out. */
const LINE_BYTES_MAX = 20 * 1024;
/** Of a page, so that hostile names cannot make one of many megabytes. At least one line is on it. */
const PAGE_CHARACTERS_MAX = 1024 * 1024;
const LOOK_EVERY_MS = 500;

/**
 * Lines from that number on; the first is 0. A line that is still being written is not among them.
 *
 * Refuses with `content_unreadable` when the disk does not give the log, and with `host_elsewhere`, as all functions here do.
 */
export async function runLogPage(
  app: App,
  run: Run,
  { from, limit }: { readonly from: number; readonly limit: number },
  stop: AbortSignal,
): Promise<LogPage> {
  const ended = isFinished(run.status);
  const path = await pathOf(app, run);
  if (path === null) return { lines: [], next: ended ? null : 0, ended, exists: false };
  const lines: string[] = [];
  let characters = 0;
  for await (const some of linesOf(readable(run, followLog(path, asItIs(stop))), from, ended))
    for (const line of some) {
      if (lines.length >= limit || characters > PAGE_CHARACTERS_MAX)
        return { lines, next: from + lines.length, ended, exists: true };
      lines.push(line);
      characters += line.length;
    }
  return { lines, next: ended ? null : from + lines.length, ended, exists: true };
}

/** All that there is by now, as UTF-8; null when there is no log. Nothing is read before it is asked for. */
export async function runLogText(
  app: App,
  run: Run,
  stop: AbortSignal,
): Promise<AsyncGenerator<Buffer, void, void> | null> {
  const path = await pathOf(app, run);
  return path === null ? null : textOf(readable(run, followLog(path, asItIs(stop))));
}

async function* textOf(pieces: AsyncIterable<string>): AsyncGenerator<Buffer, void, void> {
  for await (const piece of pieces) yield Buffer.from(decoded(piece).split("\n").map(printable).join("\n"));
}

/** What is read along has an end that only its reader knows. */
export interface LogReading {
  /** Lines before it are left out. */
  readonly from: number;
  /** Ends the reading, without an error. */
  readonly stop: AbortSignal;
  /** Whether the run has ended. Asked when all that is there has been read. */
  readonly isOver: () => boolean;
}

/**
 * Lines of the log of a run that has begun, to the end of the run, some at a time. It waits for a log that is not there
 * yet, and reads ahead of nobody: what is not asked for stays on the disk.
 */
export async function* followRunLog(
  app: App,
  run: Run,
  { from, stop, isOver }: LogReading,
): AsyncGenerator<string[], void, void> {
  if (run.startedAt === null) return;
  const { backupRoot } = await siteOf(app, run);
  // After a run has ended its log may have been cleared from the shelf, and be in the snapshot alone.
  const path = (await pathOf(app, run)) ?? runLogFile(backupRoot, run.host, run.id);
  const following = { stop, isOver: async () => isOver(), pollMs: LOOK_EVERY_MS };
  yield* linesOf(readable(run, followLog(path, following)), from, true);
}

/** Null: there is none. One of a run that has not begun was written before the database was made anew. */
async function pathOf(app: App, run: Run): Promise<string | null> {
  if (run.startedAt === null) return null;
  const { backupRoot } = await siteOf(app, run);
  return existingLog(backupRoot, run.host, run.id, run.snapshot).catch((error) => {
    throw unreadable(run, error);
  });
}

async function siteOf(app: App, { host }: Run): Promise<Site> {
  const { site } = await hostContext(app, host);
  if (!site.isHere) throw elsewhere(site.node);
  return site;
}

const unreadable = ({ id, host }: Run, error: unknown): unknown =>
  readingProblem(error, `The log of run ${id} of ${host}`);

async function* readable(run: Run, pieces: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  try {
    yield* pieces;
  } catch (error) {
    throw unreadable(run, error);
  }
}

/** Of a log that may still grow, what is there. */
const asItIs = (stop: AbortSignal) => ({ stop, isOver: async () => true, pollMs: 0 });

/** What rsync says has names of the host in it, in whatever encoding; what we say is UTF-8. */
const decoded = (latin1: string): string => Buffer.from(latin1, "latin1").toString();

/** Lines from that number on, as many at a time as a piece has. `isWhole`: a last line without an end is one, too. */
async function* linesOf(
  pieces: AsyncIterable<string>,
  from: number,
  isWhole: boolean,
): AsyncGenerator<string[], void, void> {
  let number = 0;
  let begun = "";
  let isBegun = false;
  const take = (text: string): string[] => {
    number += 1;
    const line = begun;
    begun = "";
    isBegun = false;
    return number > from ? [shown(line + text)] : [];
  };
  for await (const piece of pieces) {
    const lines: string[] = [];
    let at = 0;
    for (let end = piece.indexOf("\n"); end >= 0; end = piece.indexOf("\n", at)) {
      lines.push(...take(piece.slice(at, end)));
      at = end + 1;
    }
    if (at < piece.length) {
      isBegun = true;
      begun = (begun + piece.slice(at)).slice(0, LINE_BYTES_MAX + 1);
    }
    if (lines.length > 0) yield lines;
  }
  if (!isBegun || !isWhole) return;
  const last = take("");
  if (last.length > 0) yield last;
}

const shown = (line: string): string =>
  line.length <= LINE_BYTES_MAX
    ? printable(decoded(line))
    : `${printable(decoded(line.slice(0, LINE_BYTES_MAX)))}… (cut: log.txt has all of it)`;
