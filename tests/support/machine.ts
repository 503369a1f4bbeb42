// Machines with systemd, and hosts to back up, as containers on one network: for guides that are followed from nothing.
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";

/** Debian and nothing else, or with the Node and npm of whoever has them. */
export type Base = "debian:bookworm-slim" | "node:24-bookworm-slim";

const MACHINE = (base: Base) => `
FROM ${base}
RUN apt-get update && apt-get install -y --no-install-recommends systemd systemd-sysv dbus
STOPSIGNAL SIGRTMIN+3
CMD ["/sbin/init"]
`;

/** Lets in whoever has a key, and has some files. */
const HOST = `
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends openssh-server rsync && mkdir -p /run/sshd /root/.ssh /srv \\
 && for n in $(seq 200); do head -c 50000 /dev/urandom > /srv/file-$n; done
CMD ["/usr/sbin/sshd", "-D", "-e"]
`;

export type Machine = {
  /** Runs a guide's commands in one shell, as root. @throws Error with all output when one of them fails */
  run(commands: string, replacements?: readonly Replacement[]): string;
  copyIn(file: string, to: string): void;
};

/** What somebody does by hand in the middle of a guide. */
export type Replacement = readonly [RegExp | string, string];

export type Machines = {
  /** Debian's lists of packages are fresh, as on a machine that somebody looks after. */
  start(base: Base): Machine;
  /** A host of that name, which lets this public key in. */
  startHost(name: string, publicKey: string): Machine;
  dispose(): void;
};

export const replaced = (commands: string, replacements: readonly Replacement[] = []): string =>
  replacements.reduce(
    (text, [what, by]) => (typeof what === "string" ? text.replaceAll(what, by) : text.replace(what, by)),
    commands,
  );

const docker = (...args: string[]): string =>
  execFileSync("docker", args, { encoding: "utf8", maxBuffer: 2 ** 28 }).trim();

const buildImage = (name: string, dockerfile: string): string => {
  execFileSync("docker", ["build", "--quiet", "--tag", name, "-"], { input: dockerfile });
  return name;
};

export const hostImage = (): string => buildImage("pobsync-test-host", HOST);

export function makeMachines(): Machines {
  const network = `pobsync-test-${randomBytes(4).toString("hex")}`;
  docker("network", "create", network);
  const containers: string[] = [];
  const start = (image: string, ...options: string[]): Machine => {
    const id = docker("run", "--detach", "--network", network, ...options, image);
    containers.push(id);
    return {
      copyIn: (file, to) => void docker("cp", file, `${id}:${to}`),
      run(commands, replacements) {
        const script = replaced(commands, replacements);
        const { status, stdout, stderr } = spawnSync(
          "docker",
          [
            "exec",
            "-i",
            "--workdir",
            "/root",
            "--env",
            "NPM_CONFIG_REGISTRY",
            id,
            "bash",
            "-euo",
            "pipefail",
          ],
          { input: script, encoding: "utf8", maxBuffer: 2 ** 28 },
        );
        if (status !== 0) throw new Error(`${script}\nended with ${status}:\n${stdout}\n${stderr}`);
        return stdout;
      },
    };
  };
  return {
    start(base) {
      const image = buildImage(`pobsync-test-machine-${base.split(":")[0]}`, MACHINE(base));
      const cgroups = ["--cgroupns=host", "--volume=/sys/fs/cgroup:/sys/fs/cgroup:rw"];
      const machine = start(image, "--privileged", ...cgroups, "--tmpfs=/run", "--tmpfs=/run/lock");
      machine.run(
        "until systemctl is-system-running | grep -E 'running|degraded'; do sleep 0.2; done; apt-get update",
      );
      return machine;
    },
    startHost(name, publicKey) {
      const host = start(hostImage(), "--init", "--network-alias", name);
      host.run(`cat > /root/.ssh/authorized_keys <<'KEY'\n${publicKey.trim()}\nKEY\n`);
      return host;
    },
    dispose() {
      for (const id of containers) spawnSync("docker", ["rm", "--force", "--volumes", id]);
      spawnSync("docker", ["network", "rm", network]);
    },
  };
}
