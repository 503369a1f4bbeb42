// Reading the log of a run, also while it grows and after its writer was killed. All text is Latin-1: one character a byte.
import { type FileHandle, open } from "node:fs/promises";
import type { TransformOptions } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { createGunzip, type ZlibOptions } from "node:zlib";

export interface LogFollowing {
  /** Ends the reading, without an error. */
  readonly stop: AbortSignal;
  /** Whether nobody writes to the log any more. Asked each time when everything that is there has been read. */
  readonly isOver: () => Promise<boolean>;
  readonly pollMs: number;
}

/** Compressed bytes read at once. They become at most a thousand times as many, and that is what a reader holds. */
const PIECE_BYTES = 4 * 1024;
/** What is known of a longer line is given before its end has come, so that one without an end cannot fill the memory. */
const LINE_BYTES = 64 * 1024;
/** Asked at the end of what is there: whether to look once more. */
type LookAgain = () => Promise<boolean>;

/**
 * The whole text of a log, from its beginning until it is over, in pieces of whole lines.
 *
 * It waits for a log that does not exist yet. One that ends in the middle of something ends there, and the piece with
 * its last line then has no line end. One that is moved is still read, as it stays open.
 */
export async function* followLog(path: string, following: LogFollowing): AsyncGenerator<string, void, void> {
  const lookAgain = patience(following);
  const wholeLines = lineCutter();
  const file = await openPatiently(path, lookAgain);
  if (file === null) return;
  try {
    for await (const piece of textOf(file, lookAgain)) {
      const lines = wholeLines(piece);
      if (lines !== "") yield lines;
      if (following.stop.aborted) return;
    }
  } finally {
    await file.close();
  }
  const unfinished = wholeLines(null);
  if (unfinished !== "") yield unfinished;
}

/**
 * The text of an open log piece by piece, from where the file stands.
 *
 * Members follow one another as if they were one. Where a killed writer, or a disk, left something that is not gzip, the
 * text ends.
 */
async function* textOf(file: FileHandle, lookAgain: LookAgain): AsyncGenerator<Buffer, void, void> {
  const compressed = Buffer.allocUnsafe(PIECE_BYTES);
  const gunzip = inflater();
  try {
    for (;;) {
      const { bytesRead } = gunzip.isDamaged()
        ? { bytesRead: 0 }
        : await file.read(compressed, 0, PIECE_BYTES, null);
      if (bytesRead > 0) {
        const text = await gunzip.inflate(compressed.subarray(0, bytesRead));
        if (text !== null) yield text;
      } else if (!(await lookAgain())) return;
    }
  } finally {
    gunzip.close();
  }
}

interface Inflater {
  /** What these bytes hold, as far as it can be known already; null when that is nothing. */
  readonly inflate: (compressed: Buffer) => Promise<Buffer | null>;
  readonly isDamaged: () => boolean;
  readonly close: () => void;
}

function inflater(): Inflater {
  // Out of reach, so that a write always comes to its end: what a piece becomes is limited by its size.
  const options: ZlibOptions & TransformOptions = { readableHighWaterMark: 2 ** 30 };
  const gunzip = createGunzip(options);
  let isDamaged = false;
  let settle = (): void => {};
  gunzip.on("error", () => {
    isDamaged = true;
    settle();
  });
  return {
    inflate: async (compressed) => {
      await new Promise<void>((resolve) => {
        settle = resolve;
        gunzip.write(compressed, () => resolve());
      });
      return gunzip.read() as Buffer | null;
    },
    isDamaged: () => isDamaged,
    close: () => void gunzip.destroy(),
  };
}

/** Looks again after a pause, until it is over; then once more, for what came between the last look and the end. */
function patience({ stop, isOver, pollMs }: LogFollowing): LookAgain {
  let isLastLook = false;
  return async () => {
    if (stop.aborted || isLastLook) return false;
    isLastLook = await isOver();
    if (!isLastLook) await pause(pollMs, undefined, { signal: stop }).catch(() => {});
    return !stop.aborted;
  };
}

/** Takes pieces and gives whole lines; null asks for what is left. */
function lineCutter(): (piece: Buffer | null) => string {
  let carry = "";
  return (piece) => {
    const text = carry + (piece?.toString("latin1") ?? "");
    const end =
      piece === null || text.length - text.lastIndexOf("\n") > LINE_BYTES
        ? text.length
        : text.lastIndexOf("\n") + 1;
    carry = text.slice(end);
    return text.slice(0, end);
  };
}

async function openPatiently(path: string, lookAgain: LookAgain): Promise<FileHandle | null> {
  for (;;) {
    const file = await openIfThere(path);
    if (file !== null || !(await lookAgain())) return file;
  }
}

const openIfThere = (path: string): Promise<FileHandle | null> =>
  open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    return null;
  });
