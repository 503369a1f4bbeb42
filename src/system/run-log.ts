// The log of a run: what rsync said, compressed while it is written, readable meanwhile, and never too large.
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import { countText } from "../domain/count-text.ts";

export interface RunLog {
  /**
   * Adds whole lines: a string is Latin-1, one character a byte; a Buffer is ours from now on. The promise (when there
   * is one) asks the writer to wait for the disk.
   */
  readonly write: (text: string | Buffer) => Promise<void> | undefined;
  /** The same for lines that find as much room again once the others have used theirs up: complaints and notes. */
  readonly writeImportant: (text: string | Buffer) => Promise<void> | undefined;
  readonly close: () => Promise<void>;
}

/** Of text, before it is compressed: half a million items, which take some 15 MiB of the disk. */
const LIMIT_BYTES = 64 * 1024 * 1024;
/** Compressed output comes in pieces of this size; the default of 16 KiB wakes us four times as often. */
const CHUNK_BYTES = 64 * 1024;
/** Single lines are gathered: compressing each by itself takes twenty times as long. */
const GATHER_BYTES = 16 * 1024;
/** Whoever reads along sees what was written until so long ago. */
const FLUSH_EVERY_MS = 1000;
const LINE_FEED = 0x0a;

/**
 * gzip, because `zless` is on every machine on the day somebody needs to read it; the fastest level.
 *
 * What is there already stays, and a gzip member of its own is put behind it. That must be whole.
 */
export function openRunLog(path: string, options: { readonly limitBytes?: number } = {}): RunLog {
  const gzip = createGzip({ level: 1, chunkSize: CHUNK_BYTES });
  const file = createWriteStream(path, { mode: 0o600, flags: "a" });
  const quota = lineQuota(options.limitBytes ?? LIMIT_BYTES);
  let gathered: Buffer[] = [];
  let gatheredBytes = 0;
  let flushing: NodeJS.Timeout | null = null;
  let drained: PromiseWithResolvers<void> | null = null;
  let isOpen = true;
  gzip.pipe(file);
  const letWritersGo = (): void => {
    drained?.resolve();
    drained = null;
  };
  // A full disk must fail the run with its own reason, not this stream.
  const fail = (): void => {
    isOpen = false;
    gathered = [];
    gzip.destroy();
    file.destroy();
    letWritersGo();
  };
  gzip.on("error", fail);
  file.on("error", fail);
  gzip.on("drain", letWritersGo);
  const compress = (): boolean => {
    const [first, ...others] = gathered;
    if (first === undefined) return true;
    const text = others.length === 0 ? first : Buffer.concat(gathered, gatheredBytes);
    gathered = [];
    gatheredBytes = 0;
    return gzip.write(text);
  };
  const flush = (): void => {
    flushing = null;
    if (!isOpen) return;
    compress();
    gzip.flush(constants.Z_SYNC_FLUSH);
  };
  const add = (text: string | Buffer, isImportant: boolean): Promise<void> | undefined => {
    if (!isOpen) return undefined;
    const admitted = quota.admit(typeof text === "string" ? Buffer.from(text, "latin1") : text, isImportant);
    if (admitted.length === 0) return undefined;
    // A few lines that wait must not hold on to the large buffer that they were cut from.
    gathered.push(admitted.length < GATHER_BYTES ? Buffer.from(admitted) : admitted);
    gatheredBytes += admitted.length;
    flushing ??= setTimeout(flush, FLUSH_EVERY_MS).unref();
    if (gatheredBytes < GATHER_BYTES || compress()) return drained?.promise;
    drained ??= Promise.withResolvers();
    return drained.promise;
  };
  return {
    write: (text) => add(text, false),
    writeImportant: (text) => add(text, true),
    close: async () => {
      if (flushing !== null) clearTimeout(flushing);
      if (isOpen) {
        isOpen = false;
        compress();
        gzip.end(quota.leftOutText());
      }
      await finished(file).catch(() => {});
    },
  };
}

interface LineQuota {
  /** The lines of a text that still find room. */
  readonly admit: (text: Buffer, isImportant: boolean) => Buffer;
  /** What was left out, as a line; empty when nothing was. */
  readonly leftOutText: () => string;
}

/** Whoever was refused once stays out, so that the log of a kind of lines ends at one place and has no gaps before. */
function lineQuota(limitBytes: number): LineQuota {
  const limits = { ordinary: limitBytes, important: 2 * limitBytes };
  let admittedBytes = 0;
  let leftOutBytes = 0;
  let leftOutLines = 0;
  return {
    admit: (text, isImportant) => {
      const kind = isImportant ? "important" : "ordinary";
      const room = limits[kind] - admittedBytes;
      if (text.length <= room) {
        admittedBytes += text.length;
        return text;
      }
      limits[kind] = 0;
      const end = room <= 0 ? 0 : text.lastIndexOf(LINE_FEED, room - 1) + 1;
      const leftOut = text.subarray(end);
      admittedBytes += end;
      leftOutBytes += leftOut.length;
      leftOutLines += countLines(leftOut);
      return text.subarray(0, end);
    },
    leftOutText: () =>
      leftOutLines === 0
        ? ""
        : `… ${countText(leftOutLines, "line")} (${sizeText(leftOutBytes)}) ${leftOutLines === 1 ? "was" : "were"} left out: the log is limited to ${sizeText(limitBytes)}.\n`,
  };
}

/** An unfinished last line counts. */
function countLines(text: Buffer): number {
  let lines = 0;
  for (let at = 0; at < text.length; lines += 1) {
    const end = text.indexOf(LINE_FEED, at);
    at = end < 0 ? text.length : end + 1;
  }
  return lines;
}

const sizeText = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${Math.round(bytes / 1024 / 1024)} MiB`;
