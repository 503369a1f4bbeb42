// Where the index of a host's files lies on the backup disk.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { hostFolder } from "./snapshot-tree.ts";

/** Beside the host's snapshots, so that it goes where they go. */
export const catalogFile = (root: string, host: string): string =>
  join(hostFolder(root, host), "catalog.sqlite3");

export const catalogExists = (file: string): boolean => existsSync(file);

/** Throws it away, with what SQLite keeps beside it. Everything in it comes from the snapshots. */
export async function discardCatalog(file: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) await rm(`${file}${suffix}`, { force: true });
}
