// A configured site in a world of its own: hosts, their backups, and what of them lies on disk and in SQL.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { RunJson, SnapshotJson } from "../../src/contract/types.ts";
import { type CommandResult, type Pobsync, pobsyncIn } from "./pobsync.ts";
import type { TestSshd } from "./sshd.ts";
import { makeWorld, type World } from "./world.ts";

export type BackupDone = { run: RunJson; snapshot: SnapshotJson };

export type BackupSite = {
  world: World;
  pobsync: Pobsync;
  /** Makes or changes a host: reached through the sshd, or this machine itself when there is none. */
  configureHost(host: string, sshd: TestSshd | null, ...options: string[]): Promise<void>;
  /** A command that must succeed. @throws Error with all it said when its exit code is not 0 */
  ok(...args: string[]): Promise<CommandResult>;
  /** A backup that must succeed without a warning. */
  backUp(host: string): Promise<BackupDone>;
  /** On record, newest first. */
  runs(): Promise<RunJson[]>;
  snapshots(host: string): Promise<SnapshotJson[]>;
  /** Names of the folders below the host's `snapshots`, or `incomplete`, in order. */
  onDisk(host: string, folder: "snapshots" | "incomplete"): string[];
  /** A folder of this host below the backup root. */
  pathOf(host: string, ...parts: string[]): string;
};

/** Migrated and configured. Its owner calls `world.dispose()`. @param options as for `makeWorld` */
export async function makeSite(options: Parameters<typeof makeWorld>[0] = {}): Promise<BackupSite> {
  const world = makeWorld(options);
  return siteIn(world, pobsyncIn(world));
}

/** The same in a world that is there already, with a program of its own. */
export async function siteIn(world: World, pobsync: Pobsync): Promise<BackupSite> {
  const ok = async (...args: string[]): Promise<CommandResult> => {
    const result = await pobsync.run(...args);
    if (result.code === 0) return result;
    throw new Error(
      `pobsync ${args.join(" ")} ended with ${result.code}: ${result.stderr}\n${result.stdout}`,
    );
  };
  const pathOf = (host: string, ...parts: string[]): string => join(world.backupRoot, host, ...parts);
  await ok("migrate");
  await ok("configure-global", "--backup-root", world.backupRoot);
  return {
    world,
    pobsync,
    ok,
    pathOf,
    configureHost: async (host, sshd, ...options) => {
      await ok("configure-host", host, ...(sshd ? sshOptions(sshd) : ["--transport", "local"]), ...options);
    },
    backUp: async (host) => (await ok("--json", "backup", host)).json(),
    runs: async () => (await ok("--json", "runs", "--all")).json().items,
    snapshots: async (host) => (await ok("--json", "snapshots", host)).json().items,
    onDisk: (host, folder) =>
      existsSync(pathOf(host, folder)) ? readdirSync(pathOf(host, folder)).sort() : [],
  };
}

const sshOptions = (sshd: TestSshd): string[] => [
  ...["--address", sshd.address, "--port", `${sshd.port}`],
  ...["--user", sshd.user, "--identity-file", sshd.identityFile],
];
