// The backup root: its marker, and the room that is left on it.
import { access, constants, mkdir, readFile, realpath, statfs } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { AS_OWNER } from "./disk-problem.ts";
import { writeDurably } from "./durable.ts";

/** A root without it is refused: most likely the disk is not mounted, and a backup would fill the system disk. */
const MARKER = ".pobsync-root";

/** Makes the folder and its marker where they are missing. Returns the id of the root, an existing one's own. */
export async function initialiseRoot(root: string, newId: string): Promise<string> {
  try {
    // 0700: snapshots hold other machines' secrets with their modes, and this keeps curious users out of all of them.
    await mkdir(root, { recursive: true, mode: 0o700 });
    const existing = await readMarker(root);
    if (existing !== null) return existing;
    await writeDurably(join(root, MARKER), `${JSON.stringify({ pobsync: "backup root", id: newId })}\n`);
    return newId;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Problem("bad_input", `The backup root ${root} cannot be used: ${code ?? message}.`, {
      cause: error,
    });
  }
}

/** The id in a root's marker, or null when there is none. */
export async function readMarker(root: string): Promise<string | null> {
  try {
    const value = JSON.parse(await readFile(join(root, MARKER), "utf8")) as { id?: unknown };
    return typeof value.id === "string" ? value.id : null;
  } catch {
    return null;
  }
}

/**
 * Refuses with `root_not_mounted` unless the root is there and is the one that this installation made.
 *
 * Returns its real path: rsync 3.5 follows no link on the way to a link base, so one in the root's path would turn
 * every backup into a failure.
 */
export async function requireRoot(root: string, rootId: string): Promise<string> {
  const found = await readMarker(root);
  if (found === rootId) return realpath(root);
  if (found === null) await refuseStranger(root);
  throw new Problem(
    "root_not_mounted",
    found === null
      ? `${root} has no marker file ${MARKER}: the backup disk is not mounted there.`
      : `${root} is a backup root, but not the one that this installation uses: another disk is mounted there.`,
    {
      hint:
        found === null
          ? `Mount the backup disk. If this really is a new, empty backup root: pobsync configure-global --backup-root ${root}`
          : `Mount the right disk. If this one shall be used from now on: pobsync configure-global --backup-root ${root}`,
    },
  );
}

/** Nobody but its owner may look into a root, which does not mean that no disk is there. */
async function refuseStranger(root: string): Promise<void> {
  const code = await access(join(root, MARKER), constants.R_OK).then(
    () => null,
    (error: NodeJS.ErrnoException) => error.code,
  );
  if (code === "EACCES")
    throw new Problem("root_not_mounted", `This user may not look into the backup root ${root}.`, {
      hint: AS_OWNER,
    });
}

/** Free for this user. Inodes are null where the file system makes them as needed (btrfs). */
export interface Room {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly freeInodes: number | null;
  readonly totalInodes: number | null;
}

export async function roomOn(root: string): Promise<Room> {
  const { bavail, blocks, bsize, ffree, files } = await statfs(root);
  return {
    freeBytes: bavail * bsize,
    totalBytes: blocks * bsize,
    freeInodes: files === 0 ? null : ffree,
    totalInodes: files === 0 ? null : files,
  };
}

/** Refuses when less than the share is free, before a backup that could not end well. */
export async function requireRoom(root: string, minFreePercent: number): Promise<void> {
  const room = await roomOn(root);
  const share = (free: number, total: number): number => (total === 0 ? 100 : (100 * free) / total);
  const need = (what: string, free: number): string =>
    `Only ${free.toFixed(1)} % of the ${what} on ${root} are free; --min-free asks for ${minFreePercent} %.`;
  const bytes = share(room.freeBytes, room.totalBytes);
  if (bytes < minFreePercent || room.freeBytes === 0)
    throw new Problem("server_disk_full", need("bytes", bytes));
  if (room.freeInodes === null || room.totalInodes === null) return;
  const inodes = share(room.freeInodes, room.totalInodes);
  if (inodes < minFreePercent || room.freeInodes === 0)
    throw new Problem("server_inodes_full", need("inodes", inodes));
}
