// What people say of a published snapshot, written into its snapshot.json so that it survives a rebuild of SQL from the disk.
import { constants } from "node:fs";
import { type FileHandle, open, readdir, rename, unlink } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { Problem } from "../domain/problem.ts";
import { type Pin, pinJson } from "../domain/snapshot.ts";
import { parseMetadata } from "../domain/snapshot-metadata.ts";
import { readSmallFile } from "./read-small-file.ts";
import { snapshotFolder } from "./snapshot-tree.ts";

const METADATA = "snapshot.json";
/** What is being written, or was when its process died. Everybody who reads a snapshot passes over it. */
const DRAFT = /^snapshot\.json\.[0-9a-f]+\.new$/;
const TRIES_MAX = 20;

/** What became of it: said now, said already, or there is no such snapshot on disk. */
export type NoteAnswer = "written" | "unchanged" | "no-snapshot";

/**
 * Makes a snapshot's snapshot.json say that it is pinned, or, with null, that it is not. Whatever else it says stays as it
 * was, also what only newer versions understand.
 *
 * The file is never opened for writing, as nothing in a published snapshot is: a new one is written beside it, flushed, and
 * takes its name. So a reader, or whoever comes after a crash, finds the old one or the new one, whole.
 *
 * Each writer's draft has a name of its own. With one name for all, one writer could give the final name to what the
 * other is still writing. Whoever is done removes all other drafts: those of dead processes, and those of rivals, who
 * notice it and begin again.
 *
 * @param draftName hexadecimal digits that nobody else uses
 * @throws Problem `not_our_snapshot` when what lies there is not a folder with a snapshot.json that can be read
 */
export async function notePin(
  root: string,
  host: string,
  name: string,
  pin: Pin | null,
  draftName: string,
): Promise<NoteAnswer> {
  const path = snapshotFolder(root, host, name);
  const folder = await openFolder(path);
  if (folder === null) return "no-snapshot";
  try {
    // By its descriptor: what takes the folder's place meanwhile is not written to.
    const here = `/proc/self/fd/${folder.fd}`;
    for (let left = TRIES_MAX; ; left -= 1) {
      const text = await readSmallFile(`${here}/${METADATA}`);
      const changed = withPin(text, pin, path);
      if (changed === null || (await replaceMetadata(here, changed, draftName))) {
        await removeDrafts(here);
        // Also when nothing had to be written: whoever did may have died before this.
        await folder.sync();
        return changed === null ? "unchanged" : "written";
      }
      if (left <= 1)
        throw new Problem("server_write_failed", `Others keep writing to ${path} at the same time.`);
    }
  } finally {
    await folder.close();
  }
}

async function openFolder(path: string): Promise<FileHandle | null> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  try {
    return await open(path, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    if (code === "ENOTDIR" || code === "ELOOP") throw notOurs(path, "it is not a folder, or a link to one");
    throw error;
  }
}

const notOurs = (path: string, why: string): Problem =>
  new Problem("not_our_snapshot", `${path} is not touched: ${why}.`);

/** Numbers as the file writes them: one that is too large for us, or ends in .0, has to come out as it went in. */
const exactNumbers = (_: string, value: unknown, context?: { source: string }): unknown =>
  typeof value === "number" && context !== undefined ? rawJson(context.source) : value;
/** Part of the language that this TypeScript does not know of yet. */
const rawJson: (text: string) => unknown = (JSON as unknown as { rawJSON: (text: string) => unknown })
  .rawJSON;

/** The text with another pin; null when it says the same already. */
function withPin(text: string | null, pin: Pin | null, path: string): string | null {
  if (text === null) throw notOurs(path, `its ${METADATA} is missing, or is not a plain file`);
  const known = parseMetadata(text);
  if (typeof known === "string") throw notOurs(path, `its ${METADATA} cannot be read, ${known}`);
  const wanted = pin === null ? null : pinJson(pin);
  if (isDeepStrictEqual(known.pin === null ? null : pinJson(known.pin), wanted)) return null;
  const fields = JSON.parse(text, exactNumbers) as Record<string, unknown>;
  return `${JSON.stringify({ ...fields, pin: wanted }, null, 2)}\n`;
}

/** False: a rival was done first and has removed the draft, so there may be something new to read. */
async function replaceMetadata(here: string, text: string, draftName: string): Promise<boolean> {
  const draft = `${here}/${METADATA}.${draftName}.new`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    await unlink(draft).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
  return rename(draft, `${here}/${METADATA}`).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

async function removeDrafts(here: string): Promise<void> {
  for (const name of await readdir(here))
    if (DRAFT.test(name))
      await unlink(`${here}/${name}`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
}
