// Following a file that another process writes, at our own pace.
import { open } from "node:fs/promises";

/**
 * Read at once. Larger pieces cost more: what is made of them comes from fresh pages of memory each time, and the kernel takes as
 * long to hand out such a page as we to read it.
 */
const PIECE_BYTES = 64 * 1024;

export interface Follower {
  /** Reads what has come since, piece by piece. Calls never overlap. */
  readonly readNew: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens a file for following from its beginning. A piece that `take` gets is its only until it has returned. */
export async function followFile(
  path: string,
  take: (piece: Buffer) => Promise<void> | undefined,
): Promise<Follower> {
  const file = await open(path, "r");
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let last: Promise<void> = Promise.resolve();
  const readAll = async (): Promise<void> => {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE_BYTES, null);
      if (bytesRead === 0) return;
      await take(buffer.subarray(0, bytesRead));
    }
  };
  return {
    readNew: () => {
      last = last.then(readAll);
      return last;
    },
    close: async () => {
      await last.catch(() => {});
      await file.close();
    },
  };
}
