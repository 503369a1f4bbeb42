// The settings of the sshd that tests start, for the OpenSSH versions that are about.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

/** sshd restarts itself only when it was called by its full path. @throws Error when it isn't installed */
export function sshdProgram(): string {
  const found = ["/usr/sbin/sshd", "/usr/local/sbin/sshd"].find((path) => existsSync(path));
  if (!found) throw new Error("sshd is missing: install openssh-server");
  return found;
}

/** The text of sshd_config for a server whose keys lie in the folder. */
export function sshdSettings(
  folder: string,
  port: number,
  environment: Record<string, string>,
  maxSessions = 200,
): string {
  // sshd wants its empty folder there; Debian makes it only when the service starts.
  if (userInfo().uid === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${join(folder, "host_key")}`,
    `AuthorizedKeysFile ${join(folder, "authorized_keys")}`,
    `PidFile ${join(folder, "sshd.pid")}`,
    "StrictModes no",
    `UsePAM ${isLocked(userInfo().username) ? "yes" : "no"}`,
    "PermitRootLogin yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PrintMotd no",
    "MaxStartups 200",
    `MaxSessions ${maxSessions}`,
    "LogLevel VERBOSE",
    "Subsystem sftp internal-sftp",
    // The first SetEnv line wins, so all of them share one.
    `SetEnv ${Object.entries(environment)
      .map(([name, value]) => `${name}=${value}`)
      .join(" ")}`,
  ];
  // OpenSSH 9.8 and later shut out an address that failed a few times: here that is the test itself.
  if (understands("PerSourcePenalties no")) lines.push("PerSourcePenalties no");
  return `${lines.join("\n")}\n`;
}

/** Without PAM sshd refuses an account whose password is locked ("!"), even with a key. */
function isLocked(user: string): boolean {
  if (userInfo().uid !== 0) return false;
  const line = readFileSync("/etc/shadow", "utf8").match(new RegExp(`^${user}:([^:]*)`, "m"));
  return line?.[1]?.startsWith("!") ?? false;
}

function understands(setting: string): boolean {
  const { stderr } = spawnSync(sshdProgram(), ["-t", "-f", "/dev/null", "-o", setting], { encoding: "utf8" });
  return !/Bad configuration option/i.test(stderr);
}
