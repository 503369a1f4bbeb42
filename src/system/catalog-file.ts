// Where the index of a host's files lies on the backup disk, and what may lie there instead.
import { accessSync, constants, existsSync, lstatSync, readlinkSync, type Stats, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Problem, printable } from "../domain/problem.ts";
import { shellWord } from "../domain/shell-word.ts";
import { AS_OWNER } from "./disk-problem.ts";
import { hostFolder } from "./snapshot-tree.ts";

/** Beside the host's snapshots, so that it goes where they go. */
export const catalogFile = (root: string, host: string): string =>
  join(hostFolder(root, host), "catalog.sqlite3");

export const catalogExists = (file: string): boolean => existsSync(file);

/** Throws it away, with what SQLite keeps beside it. Everything in it comes from the snapshots. */
export async function discardCatalog(file: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) await rm(`${file}${suffix}`, { force: true });
}

/**
 * Refuses with `catalog_unusable` what SQLite must not be given, and what nobody may throw away unasked: it would wait at a
 * pipe for ever, and of everything else it only says that it cannot open it. A file is let through, also one that a link
 * leads to, and so is nothing at all, where it can be made: with `snapshots_missing` when the host has no folder.
 */
export function requireCatalogPlace(file: string): void {
  const found = statAt(file);
  if (found === "nothing") {
    requireNoDeadEnd(file);
    return;
  }
  if (found === "denied") throw unreachable(file, "may not be read by this user", AS_OWNER);
  if (!found.isFile()) throw unreachable(file, `is ${kindOf(found)}, not a file`, moveAway(file));
  try {
    accessSync(file, constants.R_OK);
  } catch {
    throw unreachable(file, "may not be read by this user", AS_OWNER);
  }
}

function statAt(file: string): Stats | "denied" | "nothing" {
  try {
    return statSync(file);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM") return "denied";
    if (["ENOENT", "ELOOP", "ENOTDIR"].includes(code)) return "nothing";
    throw unreachable(file, `cannot be looked at (${code})`, "Look at the backup disk (dmesg, smartctl).");
  }
}

/** Not at the end of a link that leads nowhere: what is made there would not be beside the snapshots. */
function requireNoDeadEnd(file: string): void {
  const folder = dirname(file);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Problem("snapshots_missing", `There is no folder ${folder}, where the snapshots should be.`, {
      hint: `What lies there: pobsync discover-snapshots --host ${basename(folder)}`,
    });
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw unreachable(
      file,
      `is a link to ${printable(readlinkSync(file))}, where nothing is`,
      moveAway(file),
    );
}

const moveAway = (file: string): string =>
  `Move it away, and it is made anew from the snapshots: mv ${shellWord(file)} ${shellWord(`${file}.moved`)}`;

const unreachable = (file: string, why: string, hint: string): Problem =>
  new Problem("catalog_unusable", `The catalog ${file} ${why}.`, { hint });

const kindOf = (found: Stats): string =>
  found.isDirectory() ? "a folder" : found.isFIFO() ? "a pipe" : found.isSocket() ? "a socket" : "a device";

/** Another text whenever something was written: what SQLite writes is first in the file's log, and later in the file. */
export const catalogState = (file: string): string =>
  [file, `${file}-wal`]
    .map((path) => {
      const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
      return facts === undefined ? "" : `${facts.ino} ${facts.size} ${facts.mtimeNs}`;
    })
    .join(" ");
