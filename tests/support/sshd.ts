// A real OpenSSH server for tests: its own port, keys and settings, to be frozen, restarted, re-keyed or cut off.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { type Daemon, startDaemon } from "./daemon.ts";
import { freePort } from "./ports.ts";
import { freezeAll, killAll, processesBelow, processesWithVariable, signalProcess } from "./processes.ts";
import { fingerprintOf, type KeyPair, makeKeyPair } from "./ssh-keys.ts";
import { sshdProgram, sshdSettings } from "./sshd-settings.ts";

export type TestSshd = {
  address: string;
  port: number;
  user: string;
  /** Path of the private key that may log in. */
  identityFile: string;
  /** `SHA256:…` of the key that the server shows now. */
  readonly hostKeyFingerprint: string;
  /** `ssh-ed25519 AAAA…` of the key that the server shows now, without a host name before it. */
  readonly hostKey: string;
  /** The server's process while it runs. */
  readonly pid: number | null;
  /** Everything that the server has said since startSshd, over all its starts. */
  log(): string;
  /** Ends the server with all its sessions and what they started, and removes its folder. May be repeated. */
  stop(): Promise<void>;
  /** Starts it again with the same port, keys and settings. */
  start(): Promise<void>;
  /** Replaces the host key, as a reinstalled or an impostor's machine would. Sessions go on. */
  rekey(): Promise<void>;
  /** Freezes the server, its sessions and all that they run: connections stay open, nobody answers. */
  pause(): void;
  resume(): void;
  /** Kills all sessions and what they run; new ones are welcome. */
  killSessions(): Promise<void>;
  /** Runs this instead of what the client asks for (that is in $SSH_ORIGINAL_COMMAND); null: no longer. */
  setForcedCommand(command: string | null): void;
  /** Accepts no key at all from now on. */
  denyKey(): void;
  /** The PATH of new sessions, an empty folder for instance; null: the usual one. */
  setEnvironmentPath(path: string | null): Promise<void>;
};

/**
 * Starts an sshd on 127.0.0.1 for the user who runs the tests.
 * @param options.environment more variables for its sessions (no blanks or quotes in them)
 * @param options.maxSessions how many one connection may have at once
 * @throws Error with sshd's own words when it doesn't come up
 */
export async function startSshd(
  options: { environment?: Record<string, string>; maxSessions?: number } = {},
): Promise<TestSshd> {
  const folder = mkdtempSync(join(tmpdir(), "pobsync-sshd-"));
  const file = (name: string) => join(folder, name);
  const address = "127.0.0.1";
  const port = await freePort();
  const client = makeKeyPair();
  let host = makeKeyPair();
  let authorizedKeys = `${client.publicKey}\n`;
  let sessionPath: string | null = null;
  let daemon: Daemon | null = null;
  let frozen: number[] = [];
  let earlierLog = "";

  const writeSettings = () => {
    mkdirSync(file("home"), { recursive: true });
    writeKey(file("host_key"), host);
    writeKey(file("client_key"), client);
    replaceFile(file("authorized_keys"), authorizedKeys);
    replaceFile(
      file("sshd_config"),
      sshdSettings(
        folder,
        port,
        {
          // An empty home, so that the .bashrc of whoever runs the tests changes nothing.
          HOME: file("home"),
          ...(sessionPath === null ? {} : { PATH: sessionPath }),
          ...options.environment,
        },
        options.maxSessions,
      ),
    );
  };
  // A session's home tells its processes from others, even when they have left their parents.
  const inSessions = (pid: number) =>
    [...processesBelow(pid), ...processesWithVariable(`HOME=${file("home")}`)].map((one) => one.pid);
  const isUp = (log: string) => log.includes(`Server listening on ${address} port ${port}`);
  const start = async () => {
    if (daemon) return;
    writeSettings();
    const args = ["-D", "-e", "-f", file("sshd_config")];
    daemon = await startDaemon(sshdProgram(), args, { logFile: file("log"), isUp });
  };
  // sshd reads its settings and host keys again when it is sent SIGHUP, and keeps its process id and sessions.
  const reload = async () => {
    if (!daemon) return;
    writeSettings();
    await daemon.reload();
  };
  const allow = (line: string) => {
    authorizedKeys = line;
    if (daemon) replaceFile(file("authorized_keys"), line);
  };

  await start();
  return {
    address,
    port,
    user: userInfo().username,
    identityFile: file("client_key"),
    get hostKeyFingerprint() {
      return fingerprintOf(host.publicKey);
    },
    get hostKey() {
      return host.publicKey;
    },
    get pid() {
      return daemon?.pid ?? null;
    },
    log: () => earlierLog + (daemon?.log() ?? ""),
    async stop() {
      if (!daemon) return;
      const { pid } = daemon;
      await killAll(freezeAll(() => [pid, ...inSessions(pid)]));
      frozen = [];
      earlierLog += daemon.log();
      daemon = null;
      rmSync(folder, { recursive: true });
    },
    start: async () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      await start();
    },
    async rekey() {
      host = makeKeyPair();
      await reload();
    },
    pause() {
      if (!daemon) return;
      const { pid } = daemon;
      frozen = freezeAll(() => [pid, ...inSessions(pid)]);
    },
    resume() {
      for (const pid of frozen) signalProcess(pid, "SIGCONT");
      frozen = [];
    },
    async killSessions() {
      if (!daemon) return;
      const { pid } = daemon;
      await killAll(freezeAll(() => inSessions(pid)));
    },
    setForcedCommand(command) {
      const force = command === null ? "" : `command="${command.replaceAll('"', '\\"')}" `;
      allow(`${force}${client.publicKey}\n`);
    },
    denyKey: () => allow(""),
    async setEnvironmentPath(path) {
      sessionPath = path;
      await reload();
    },
  };
}

function writeKey(path: string, key: KeyPair): void {
  replaceFile(path, key.privateKey);
  replaceFile(`${path}.pub`, `${key.publicKey}\n`);
}

/** In one step: a login at this very moment reads the old file or the new one, never half of it. */
function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
