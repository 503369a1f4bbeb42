// A server that a test starts in the foreground, with its log in a file, and that dies with the test.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { isAlive, killTree } from "./processes.ts";
import { waitUntil } from "./wait-until.ts";

export type Daemon = {
  pid: number;
  /** All that it has written so far. */
  log(): string;
  /** Sends SIGHUP and waits until it says again that it is up. */
  reload(): Promise<void>;
  /** Resolves when it has ended. */
  ended: Promise<void>;
};

/**
 * Starts a program and waits until what it has logged since satisfies `isUp`.
 * @throws Error with its log when it ends before that, or takes more than 20 s
 */
export async function startDaemon(
  program: string,
  args: readonly string[],
  options: { logFile: string; isUp: (log: string) => boolean },
): Promise<Daemon> {
  const log = () => readFileSync(options.logFile, "utf8");
  const out = openSync(options.logFile, "a", 0o600);
  let offset = log().length;
  // The kernel kills the server when the process that started it dies, however that happens.
  // In a session of its own, so that Ctrl-C in a terminal doesn't reach it before its test.
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", program, ...args], {
    stdio: ["ignore", out, out],
    detached: true,
  });
  closeSync(out);
  const ended = end(child);
  const { pid } = child;
  if (pid === undefined) throw new Error("setpriv (util-linux) is missing");
  const untilUp = async () => {
    const what = `${program} to be up`;
    try {
      await waitUntil(() => options.isUp(log().slice(offset)) || !isAlive(pid), { what, deadlineMs: 20_000 });
    } catch (error) {
      await killTree(pid);
      throw error;
    }
    if (!isAlive(pid)) throw new Error(`${program} did not come up: ${log().slice(offset)}`);
  };
  await untilUp();
  return {
    pid,
    log,
    ended,
    async reload() {
      offset = log().length;
      child.kill("SIGHUP");
      await untilUp();
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    child.on("exit", () => resolve());
    child.on("error", () => resolve()); // It was never there; startDaemon says so.
  });
}
