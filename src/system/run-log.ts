// What rsync said, kept beside the snapshot: compressed while it is written, so that a million lines cost little.
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";

export interface RunLog {
  /** Adds text; the promise (when there is one) asks the writer to wait for the disk. */
  readonly write: (text: string | Buffer) => Promise<void> | undefined;
  readonly close: () => Promise<void>;
}

/** Compressed output comes in pieces of this size; the default of 16 KiB wakes us four times as often. */
const CHUNK_BYTES = 64 * 1024;

/** gzip, because `zless` is on every machine on the day somebody needs to read it; the fastest level. */
export function openRunLog(path: string): RunLog {
  const gzip = createGzip({ level: 1, chunkSize: CHUNK_BYTES });
  const file = createWriteStream(path, { mode: 0o600, flags: "a" });
  gzip.pipe(file);
  let failure: Error | null = null;
  // A full disk must fail the run with its own reason, not this stream.
  const remember = (error: Error): void => {
    failure = error;
  };
  gzip.on("error", remember);
  file.on("error", remember);
  return {
    write: (text) => {
      if (failure !== null || gzip.write(typeof text === "string" ? Buffer.from(text, "latin1") : text))
        return undefined;
      return new Promise((resolve) => {
        const done = (): void => {
          gzip.off("drain", done);
          file.off("error", done);
          resolve();
        };
        gzip.once("drain", done);
        file.once("error", done);
      });
    },
    close: async () => {
      gzip.end();
      if (failure === null) await finished(file).catch(() => {});
    },
  };
}
