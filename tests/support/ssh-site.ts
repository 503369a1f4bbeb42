// A site that is set up and has one host behind a real sshd, for tests about what goes wrong with it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandResult, type Pobsync, pobsyncIn } from "./pobsync.ts";
import { startSshd, type TestSshd } from "./sshd.ts";
import { makeWorld, type World } from "./world.ts";

/** A problem as `--json` prints it. */
export type ProblemJson = { code: string; message: string; hint: string; detail: string | null };

export type BackupOutcome = {
  exit: number | null;
  status: string;
  /** What stopped it, or else the first warning; null when all was well. */
  problem: ProblemJson | null;
  warnings: ProblemJson[];
  /** Path of the tree that was made, or null. */
  dataPath: string | null;
  stderr: string;
};

export type SshSite = {
  world: World;
  sshd: TestSshd;
  pobsync: Pobsync;
  /** The host's only source; holds the file "a". */
  source: string;
  /** Runs a command that has to succeed. */
  ok(...args: string[]): Promise<CommandResult>;
  /** Changes the host "web1". */
  configure(...args: string[]): Promise<CommandResult>;
  /** Backs "web1" up with `--json`. */
  backup(...args: string[]): Promise<BackupOutcome>;
  /** An executable shell script on the host; returns its path. */
  script(name: string, text: string): string;
  dispose(): Promise<void>;
};

/**
 * Sets up a site with the host "web1", which nobody has contacted yet.
 * @param options.backupRoot default: the world's own
 */
export async function makeSshSite(options: { backupRoot?: string } = {}): Promise<SshSite> {
  const [sshd, world] = [await startSshd(), makeWorld()];
  const pobsync = pobsyncIn(world);
  const source = join(world.hostDir, "source");
  mkdirSync(source);
  writeFileSync(join(source, "a"), "hello");
  const ok = async (...args: string[]) => {
    const result = await pobsync.run(...args);
    if (result.code !== 0) throw new Error(`pobsync ${args.join(" ")}: exit ${result.code} ${result.stderr}`);
    return result;
  };
  const configure = (...args: string[]) => ok("configure-host", "web1", ...args);
  await ok("migrate");
  const login = ["--ssh-user", sshd.user, "--ssh-port", `${sshd.port}`, "--identity-file", sshd.identityFile];
  const root = options.backupRoot ?? world.backupRoot;
  await ok("configure-global", "--backup-root", root, "--min-free", "0", ...login);
  await configure("--address", sshd.address, "--source", source);
  return {
    world,
    sshd,
    pobsync,
    source,
    ok,
    configure,
    backup: async (...args) => outcomeOf(await pobsync.run("--json", "backup", "web1", ...args)),
    script(name, text) {
      const path = join(world.hostDir, name);
      writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      return path;
    },
    async dispose() {
      await sshd.stop();
      await world.dispose();
    },
  };
}

/** What `backup --json` says of a backup. */
export function outcomeOf(result: CommandResult): BackupOutcome {
  const { run, snapshot, problem } = result.json();
  return {
    exit: result.code,
    status: run?.status ?? "none",
    problem: problem ?? run.problem ?? run.warnings[0] ?? null,
    warnings: run?.warnings ?? [],
    dataPath: snapshot?.dataPath ?? null,
    stderr: result.stderr,
  };
}
