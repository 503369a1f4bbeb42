// A copy of this repository with its own Compose project, and a machine to back up on the project's network.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hostImage, type Replacement, replaced } from "./machine.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
/** What a person has and a test has not is a terminal. */
const WITHOUT_TERMINAL: Replacement = [/docker compose exec (?!-T)/g, "docker compose exec -T "];

export type ComposeSite = {
  readonly folder: string;
  readonly backupRoot: string;
  /** Runs a guide's commands in one shell. @throws Error with all output when one of them fails */
  run(commands: string, replacements?: readonly Replacement[]): string;
  /** Starts a machine of that name, which lets this public key in. */
  startHost(name: string, publicKey: string): void;
  inHost(name: string, ...command: string[]): string;
  dispose(): void;
};

export function makeComposeSite(): ComposeSite {
  const folder = mkdtempSync(join(tmpdir(), "pobsync-compose-"));
  const backupRoot = `${folder}-backups`;
  mkdirSync(backupRoot);
  for (const file of execFileSync("git", ["ls-files", "-z"], { cwd: REPOSITORY, encoding: "utf8" }).split(
    "\0",
  ))
    if (file !== "") {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      cpSync(join(REPOSITORY, file), join(folder, file));
    }
  const project = basename(folder).toLowerCase();
  const env = {
    ...process.env,
    ...{ COMPOSE_PROJECT_NAME: project, POBSYNC_BACKUP_ROOT: backupRoot, POBSYNC_VERSION: project },
    // A port of its own is chosen by the engine.
    POBSYNC_WEB_LISTEN: "127.0.0.1:0",
  };
  const shell = (script: string): string => {
    const { status, stdout, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", script], {
      ...{ cwd: folder, env, encoding: "utf8", maxBuffer: 2 ** 28 },
    });
    if (status !== 0) throw new Error(`${script}\nended with ${status}:\n${stdout}\n${stderr}`);
    return stdout;
  };
  const hosts: string[] = [];
  return {
    ...{ folder, backupRoot },
    run: (commands, replacements = []) => shell(replaced(commands, [WITHOUT_TERMINAL, ...replacements])),
    startHost(name, publicKey) {
      const container = `${project}-${name}`;
      shell(
        `docker run --detach --init --name ${container} --network ${project}_default --network-alias ${name} ${hostImage()}`,
      );
      hosts.push(container);
      shell(
        `printf '%s\\n' '${publicKey.trim()}' | docker exec -i ${container} tee /root/.ssh/authorized_keys`,
      );
    },
    inHost: (name, ...command) =>
      execFileSync("docker", ["exec", `${project}-${name}`, ...command], { encoding: "utf8" }),
    dispose() {
      for (const host of hosts) spawnSync("docker", ["rm", "--force", host]);
      spawnSync("docker", ["compose", "--profile", "mariadb", "down", "--volumes", "--timeout", "5"], {
        cwd: folder,
        env,
      });
      spawnSync("docker", ["image", "rm", `pobsync:${project}`]);
      for (const each of [folder, backupRoot]) rmSync(each, { recursive: true, force: true });
    },
  };
}
