// Where the logs of a host's runs lie, and their upkeep.
import { constants } from "node:fs";
import { copyFile, link, lstat, mkdir, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { hostFolder, snapshotFolder } from "./snapshot-tree.ts";

const logFolder = (root: string, host: string): string => join(hostFolder(root, host), "logs");

/** Host names are checked before they get here. */
export const runLogFile = (root: string, host: string, runId: number): string =>
  join(logFolder(root, host), `${runId}.log.gz`);

/** Where the log of a run lies: on the shelf, or in the snapshot that it made. Null when it is gone. */
export async function existingLog(
  root: string,
  host: string,
  runId: number,
  snapshot: string | null,
): Promise<string | null> {
  const inSnapshot = snapshot === null ? [] : [join(snapshotFolder(root, host, snapshot), "rsync.log.gz")];
  for (const path of [runLogFile(root, host, runId), ...inSnapshot])
    if ((await lstat(path).catch(ignoring("ENOENT")))?.isFile() === true) return path;
  return null;
}

/**
 * Takes the name from a log of that number that is there already, never its content: after a database was lost, numbers
 * begin anew, and the old log may be part of a published snapshot.
 */
export const clearLogName = async (root: string, host: string, runId: number): Promise<void> => {
  await unlink(runLogFile(root, host, runId)).catch(ignoring("ENOENT"));
};

const LOG_NAME = /^\d{1,15}\.log\.gz$/;

/** Makes the folder, also below a host's first one. Never the root itself: that may be a disk that is not there. */
export async function makeLogFolder(root: string, host: string): Promise<void> {
  for (const folder of [hostFolder(root, host), logFolder(root, host)])
    await mkdir(folder, { mode: 0o700 }).catch(ignoring("EEXIST"));
}

/** Removes logs that nobody has written to since; returns how many. Touches nothing else, and follows no links. */
export async function discardOldLogs(root: string, host: string, olderThan: Date): Promise<number> {
  const folder = logFolder(root, host);
  const facts = await lstat(folder).catch(ignoring("ENOENT"));
  if (facts?.isDirectory() !== true) return 0;
  let discarded = 0;
  for (const name of (await readdir(folder)).filter((name) => LOG_NAME.test(name))) {
    const path = join(folder, name);
    const log = await lstat(path).catch(ignoring("ENOENT"));
    if (log?.isFile() !== true || log.mtime >= olderThan) continue;
    await unlink(path).catch(ignoring("ENOENT"));
    discarded += 1;
  }
  return discarded;
}

/**
 * Gives a run's log a second name, in the snapshot that it made; does nothing when there is no log.
 *
 * The log is closed by then: nothing in a published snapshot is ever written again.
 */
export async function linkLog(root: string, host: string, runId: number, target: string): Promise<void> {
  const log = runLogFile(root, host, runId);
  try {
    await link(log, target).catch((error: NodeJS.ErrnoException) => {
      if (!["EMLINK", "EXDEV", "EPERM"].includes(error.code ?? "")) throw error;
      return copyFile(log, target, constants.COPYFILE_EXCL);
    });
  } catch (error) {
    ignoring("ENOENT")(error as NodeJS.ErrnoException);
  }
}

const ignoring =
  (code: string) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (error.code !== code) throw error;
    return undefined;
  };
