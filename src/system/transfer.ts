// One transfer: rsync from start to end, watched, counted and logged.

import { type ComplaintTally, count, newTally } from "../domain/complaint-tally.ts";
import type { Seen } from "../domain/limits.ts";
import { pathBytes, pathText } from "../domain/path-text.ts";
import { Problem } from "../domain/problem.ts";
import { type Complaint, parseComplaint, pathOfMessage } from "../domain/rsync-complaint.ts";
import type { Progress } from "../domain/run.ts";
import type { TransferStats } from "../domain/snapshot-metadata.ts";
import { followFile } from "./follow-file.ts";
import { parseItem } from "./log-items.ts";
import { type ProgramOptions, type RunningProgram, startProgram } from "./program.ts";
import { watchForStall } from "./progress-watch.ts";
import { newCounters, outputReader, type TransferCounters } from "./rsync-output.ts";
import type { RunLog } from "./run-log.ts";
import { printableLines } from "./ssh-failure.ts";

export interface TransferHooks {
  readonly onProgress: (progress: Progress) => void;
  /** Hears how much has come, or is announced, now and then. */
  readonly onSeen?: (seen: Omit<Seen, "takenBytes">) => void;
  /** Ends the transfer when it is aborted: politely first, so that rsync keeps a half-sent file. */
  readonly stop: AbortSignal;
  readonly stallTimeoutMs: number;
  readonly log: RunLog;
  /** A file of ours for rsync's raw output; it is read while it grows. */
  readonly outputFile: string;
  /** Gets rsync's lines in place of the log; a piece is its only until it has returned. */
  readonly takeLines?: (lines: Buffer) => Promise<void> | undefined;
  /** What a complaint means here. */
  readonly meaning?: (complaint: Complaint) => Complaint;
  /** From this machine itself, where the rsync that we start is the sender: what it sent is what arrived. */
  readonly isLocal: boolean;
}

export interface TransferResult {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly complaints: ComplaintTally;
  readonly lastWords: string;
  readonly stats: TransferStats;
  /** True when nothing moved for the whole stall timeout. */
  readonly stalled: boolean;
  /** Regular files against those of the base, and the paths of some that have new content, without a slash before them. */
  readonly changes: {
    readonly created: number;
    readonly replaced: number;
    readonly sample: readonly Buffer[];
  };
  /** What came of files that were here in some version, and was not sent. */
  readonly matchedBytes: number;
  /** Files that were left out because they are larger than the limit. */
  readonly tooLarge: { readonly count: number; readonly paths: readonly string[] };
}

/** How long rsync may take to put its half-sent file aside. */
const STOP_GRACE_MS = 3000;
const LAST_LINES = 12;
const READ_EVERY_MS = 250;

/** Starts rsync, here or in a sandbox. */
export type StartRsync = (options: ProgramOptions) => RunningProgram | Promise<RunningProgram>;

/** rsync with these arguments, as it is. */
export const unprotected =
  (argv: readonly string[]): StartRsync =>
  (options) =>
    startProgram(argv, options);

/** Names for rsync's standard input, each with a NUL behind it: themselves, or the file that they are in. */
export type Names = Uint8Array | { readonly file: string };

/** Runs rsync; `names` go to its standard input. @throws Problem `worker_lost` when it cannot even be started */
export async function runTransfer(
  start: StartRsync,
  names: Names,
  hooks: TransferHooks,
): Promise<TransferResult> {
  const counters = newCounters();
  const complaints = newTally();
  const lastLines: string[] = [];
  const read = outputReader(counters);
  const takeLines = hooks.takeLines ?? hooks.log.write;
  const startedAt = performance.now();
  const program = await start({
    ...("file" in names ? { inputFile: names.file } : { input: names }),
    outputFile: hooks.outputFile,
    onErrorLine: (line) => {
      void hooks.log.writeImportant(`! ${line}\n`);
      const complaint: Complaint | null = parseComplaint(line);
      if (complaint !== null) count(complaints, hooks.meaning?.(complaint) ?? complaint);
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
    },
  });
  let stalled = false;
  const stopWatching =
    program.pid === undefined
      ? () => {}
      : watchForStall(program.pid, hooks.stallTimeoutMs, () => {
          stalled = true;
          program.end(STOP_GRACE_MS);
        });
  const stop = (): void => program.end(STOP_GRACE_MS);
  if (hooks.stop.aborted) stop();
  else hooks.stop.addEventListener("abort", stop, { once: true });
  const follower = await followFile(hooks.outputFile, (piece) => {
    const { log, progress } = read(piece);
    if (progress !== null) hooks.onProgress(progress);
    const { entries, newBytes } = counters;
    hooks.onSeen?.({ entries, newBytes: Math.max(newBytes, progress?.bytes ?? 0) });
    return log.length === 0 ? undefined : takeLines(log);
  }).catch((error: unknown) => {
    program.kill();
    throw error;
  });
  const reading = setInterval(() => void follower.readNew().catch(() => {}), READ_EVERY_MS);
  const result = await program.done;
  clearInterval(reading);
  stopWatching();
  hooks.stop.removeEventListener("abort", stop);
  await follower.readNew().finally(follower.close);
  if (result.startError !== null)
    throw new Problem("worker_lost", `rsync could not be started here: ${result.startError.message}.`, {
      hint: "This machine has no room for another program: look at its memory, its processes and its limits (ulimit -n).",
    });
  return {
    exitCode: result.code,
    signal: result.signal,
    complaints,
    lastWords: printableLines(lastLines.join("\n").trim()),
    stats: statsOf(counters, hooks.isLocal, performance.now() - startedAt),
    stalled,
    changes: {
      created: counters.created,
      replaced: counters.replaced,
      sample: counters.sample.lines.flatMap((line) => parseItem(line)?.path ?? []),
    },
    matchedBytes: counters.totals.get("Matched data") ?? 0,
    tooLarge: {
      count: counters.tooLarge,
      paths: counters.tooLargeNames.map(asPath),
    },
  };
}

/** A name as rsync prints it, without the slash before it. */
const asPath = (name: string): string => {
  const path = `/${pathOfMessage(name)}`;
  const bytes = pathBytes(path);
  return bytes === null ? path : pathText(bytes);
};

function statsOf(counters: TransferCounters, isLocal: boolean, durationMs: number): TransferStats {
  const total = (name: string): number => counters.totals.get(name) ?? 0;
  return {
    files: total("Number of files"),
    regularFiles: total("Number of files: reg"),
    directories: total("Number of files: dir"),
    symlinks: total("Number of files: link"),
    bytes: total("Total file size"),
    newFiles: counters.newFiles,
    newBytes: counters.newBytes,
    sentBytes: total(isLocal ? "Total bytes received" : "Total bytes sent"),
    receivedBytes: total(isLocal ? "Total bytes sent" : "Total bytes received"),
    copiedInsteadOfLinked: counters.copiedInsteadOfLinked,
    durationMs: Math.round(durationMs),
  };
}
