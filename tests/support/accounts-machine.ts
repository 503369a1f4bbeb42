// A machine with accounts of its own: an sshd that sees private copies of /etc, /home and /root, so that a test may make
// accounts, sudo rules and authorized keys there as an administrator would. Root only.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDaemon } from "./daemon.ts";
import { freePort } from "./ports.ts";
import { freezeAll, killAll, processesBelow } from "./processes.ts";
import { sshdProgram } from "./sshd-settings.ts";
import { runTool } from "./tool.ts";

export type AccountsMachine = {
  address: string;
  port: number;
  /** Pastes a line into a shell there, root's unless another account is named. Returns what it printed. */
  paste(line: string, account?: string): { code: number | null; output: string };
  /** The same, for what has to succeed. @throws Error with what it said */
  run(line: string): string;
  log(): string;
  stop(): Promise<void>;
};

const PRIVATE = ["etc", "home", "root", "var/log"] as const;

export async function startAccountsMachine(): Promise<AccountsMachine> {
  const folder = mkdtempSync(join(tmpdir(), "pobsync-machine-"));
  const at = (name: string) => join(folder, name);
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  await runTool("cp", ["-a", "/etc", at("etc")]);
  for (const name of ["home", "var/log"]) mkdirSync(at(name), { recursive: true, mode: 0o755 });
  mkdirSync(at("root"), { mode: 0o700 });
  await runTool("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at("host_key")]);
  const port = await freePort();
  const settings = [
    ...[`Port ${port}`, "ListenAddress 127.0.0.1", `HostKey ${at("host_key")}`, "PidFile none"],
    // What a machine has that nobody has changed.
    ...["UsePAM yes", "PermitRootLogin prohibit-password", "PasswordAuthentication no", "StrictModes yes"],
    ...["KbdInteractiveAuthentication no", "PrintMotd no", "MaxStartups 200", "LogLevel VERBOSE"],
  ];
  writeFileSync(at("sshd_config"), `${settings.join("\n")}\n`);
  const mounts = PRIVATE.map((name) => `mount --bind ${at(name)} /${name}`).join(" && ");
  const start = `${mounts} && exec ${sshdProgram()} -D -e -f ${at("sshd_config")}`;
  const daemon = await startDaemon("unshare", ["--mount", "--propagation", "private", "sh", "-c", start], {
    logFile: at("log"),
    isUp: (log) => log.includes(`Server listening on 127.0.0.1 port ${port}`),
  });
  const { pid } = daemon;
  const paste = (line: string, account = "root") => {
    const shell = account === "root" ? ["sh", "-c", line] : ["runuser", "-l", account, "-c", line];
    const result = spawnSync("nsenter", [`--mount=/proc/${pid}/ns/mnt`, "--", ...shell], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: "/root" },
    });
    return { code: result.status, output: `${result.stdout}${result.stderr}` };
  };
  return {
    ...{ address: "127.0.0.1", port, paste, log: daemon.log },
    run(line) {
      const { code, output } = paste(line);
      if (code !== 0) throw new Error(`${line}: ${code} ${output}`);
      return output;
    },
    async stop() {
      await killAll(freezeAll(() => [pid, ...processesBelow(pid).map((one) => one.pid)]));
      rmSync(folder, { recursive: true });
    },
  };
}
