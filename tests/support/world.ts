// A site of its own for one test: folders for state, backups and a host's files, and the program that works there.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freezeTree, killAll, processesMentioning } from "./processes.ts";
import { runTool } from "./tool.ts";

export type World = {
  /** Holds everything else. */
  dir: string;
  stateDir: string;
  backupRoot: string;
  /** Empty; stands for the file system of a host. */
  hostDir: string;
  /** What every start of the program in this world gets in its environment. */
  environment: Record<string, string>;
  /** Kills what still runs with a path of this world in its arguments or was started here, and removes it all. */
  dispose(): Promise<void>;
  /** Remembers a process for dispose. */
  owns(pid: number): void;
};

/**
 * Makes the folders below the system's temporary one.
 * @param options.databaseUrl default: an SQLite file in the state folder, or a database of the server that all tests share
 * @param options.disk another folder for backups and the host's files, whose owner removes it after the world
 * @param options.inFile always an SQLite file, for tests that copy or lock it
 */
export function makeWorld(options: { databaseUrl?: string; inFile?: boolean; disk?: string } = {}): World {
  const dir = mkdtempSync(join(tmpdir(), "pobsync-world-"));
  const stateDir = join(dir, "state");
  const backupRoot = join(options.disk ?? dir, "backups");
  const hostDir = join(options.disk ?? dir, "host");
  for (const folder of [stateDir, backupRoot, hostDir]) mkdirSync(folder);
  const databaseUrl =
    options.databaseUrl ??
    (options.inFile ? null : sharedDatabase()) ??
    `sqlite:${join(stateDir, "pobsync.sqlite3")}`;
  const started: number[] = [];
  return {
    dir,
    stateDir,
    backupRoot,
    hostDir,
    environment: { POBSYNC_STATE_DIR: stateDir, POBSYNC_DATABASE_URL: databaseUrl },
    owns: (pid) => started.push(pid),
    async dispose() {
      const left = [...started, ...processesMentioning(dir).map(({ pid }) => pid)];
      await killAll([...new Set(left.flatMap(freezeTree))]);
      if (options.disk === undefined) await removeSubvolumes(dir);
      // Faster than Node's own, and a tree of a million files is to be expected here.
      await runTool("rm", ["-rf", "--", dir]);
    },
  };
}

/** Those of btrfs may be closed to all writing, where rm ends at the first file. */
async function removeSubvolumes(dir: string): Promise<void> {
  if (statfsSync(dir).type !== 0x9123683e) return;
  const found = `${await runTool("find", [dir, "-xdev", "-inum", "256", "-type", "d", "-print0"])}`;
  for (const path of found.split("\0").slice(0, -1).reverse())
    await runTool("btrfs", ["subvolume", "delete", path]);
}

/** What `bundle-setup.ts` has started for the whole suite. */
export type SharedServer = { readonly socket: string; readonly url: string };
export const SHARED_SERVER = "POBSYNC_TEST_SHARED_MARIADB";

/** A database of its own on the shared server; null when the suite runs on SQLite. */
function sharedDatabase(): string | null {
  const text = process.env[SHARED_SERVER];
  if (text === undefined) return null;
  const { socket, url } = JSON.parse(text) as SharedServer;
  const name = `world_${randomBytes(6).toString("hex")}`;
  const statement = `CREATE DATABASE ${name} CHARACTER SET utf8mb4`;
  execFileSync("mariadb", ["--no-defaults", `--socket=${socket}`, "--user=root", "--execute", statement]);
  return `${url}/${name}`;
}
