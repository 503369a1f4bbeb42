// A file of any length that is either whole or not there, and that only its owner may read unless it is for others.
import { type FileHandle, lstat, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { getSystemErrorMessage } from "node:util";
import { Problem } from "../domain/problem.ts";
import { syncFolder } from "./durable.ts";

export interface WholeFileWish {
  /** Whether a file that is there already gives way. */
  readonly overwrite: boolean;
  readonly stop: AbortSignal;
  /** Whether everybody may read it. */
  readonly forAll?: boolean;
}

/**
 * Writes the chunks under a name beside it, flushes, and gives the file its name last. Returns its length in bytes.
 *
 * Refuses with `bad_input` what stands there, and with `output_lost` what the disk does not take.
 */
export async function writeWholeFile(
  path: string,
  chunks: AsyncIterable<string | Uint8Array>,
  { overwrite, stop, forAll = false }: WholeFileWish,
): Promise<number> {
  await orSay(path, refuseStanding(path, overwrite));
  const temporary = `${path}.${process.pid}.part`;
  const file = await orSay(path, open(temporary, "wx", 0o600));
  try {
    // Whatever the umask: who reads it is somebody else.
    if (forAll) await orSay(path, file.chmod(0o644));
    const bytes = await fill(file, path, chunks, stop);
    await orSay(path, refuseStanding(path, overwrite));
    await orSay(path, rename(temporary, path));
    await orSay(path, syncFolder(dirname(path)));
    return bytes;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function fill(
  file: FileHandle,
  path: string,
  chunks: AsyncIterable<string | Uint8Array>,
  stop: AbortSignal,
): Promise<number> {
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      stop.throwIfAborted();
      const content = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      await orSay(path, file.writeFile(content));
      bytes += content.length;
    }
    await orSay(path, file.sync());
  } finally {
    await file.close();
  }
  return bytes;
}

/** A device, a pipe or a link in its place is never replaced. */
async function refuseStanding(path: string, overwrite: boolean): Promise<void> {
  const facts = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (facts === null || (overwrite && facts.isFile())) return;
  throw new Problem("bad_input", `There is something at ${path} already.`, {
    hint: facts.isFile()
      ? "Nothing was changed. Name another file, or replace this one: --overwrite"
      : "Nothing was changed. Name another file: this is not a regular one, and is never replaced.",
  });
}

/** What the disk says, as a sentence that names the file. */
async function orSay<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { errno, code } = error as NodeJS.ErrnoException;
    if (error instanceof Problem || code === undefined) throw error;
    const why = errno === undefined ? code : getSystemErrorMessage(errno);
    throw new Problem("output_lost", `The file ${path} could not be written: ${why}.`, { cause: error });
  }
}
