// Reading a file of ours that somebody may have replaced by something else.
import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** A snapshot.json lists the files that could not be read, so it may grow; this is far beyond any that we write. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * The text of a plain file; null when nothing is there, or something that is no plain file of a sensible size.
 *
 * A link is not followed, and a pipe without a writer does not keep us waiting.
 */
export async function readSmallFile(path: string): Promise<string | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    if (["ENOENT", "ENOTDIR", "ELOOP", "ENXIO"].includes(error.code ?? "")) return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const facts = await file.stat();
    return facts.isFile() && facts.size <= LIMIT_BYTES ? await file.readFile("utf8") : null;
  } finally {
    await file.close();
  }
}
