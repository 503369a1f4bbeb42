// Runs command lines in a process that has the program loaded already: starting Node is most of what a short command
// takes, and the tests run thousands of them. It is the same bundle and the same main(), a process for each test file.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { killTree, processesBelow } from "./processes.ts";
import type { WarmAnswer, WarmRequest } from "./warm-child.ts";

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What ended the command, as of a process of its own. */
export type WarmResult = {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
};

let child: ChildProcess | null = null;
let busy = false;

/** One command at a time: whoever comes while another is under way starts a process of their own. */
export const isWarmBusy = (): boolean => busy;

/** @throws Error when it takes too long, with what ran below it: all of that is ended */
export async function runWarm(request: WarmRequest, timeoutMs: number): Promise<WarmResult> {
  busy = true;
  try {
    const warm = child ?? (await startWarm());
    const said: Buffer[] = [];
    const listen = (chunk: Buffer) => said.push(chunk);
    warm.stderr?.on("data", listen);
    const answered = new AbortController();
    const options = { signal: answered.signal };
    warm.send(request);
    const result = await Promise.race([
      once(warm, "message", options).then(([answer]) => ({ ...(answer as WarmAnswer), signal: null })),
      // Whatever ended the process in the middle of a command would have ended the real one as well.
      once(warm, "close", options).then(([code, signal]) => ({
        code,
        signal,
        stdout: "",
        stderr: `${Buffer.concat(said)}`,
      })),
      pause(timeoutMs, null, options),
    ]);
    answered.abort();
    warm.stderr?.off("data", listen);
    if (result !== null) return result;
    child = null;
    const pid = warm.pid as number;
    const left = processesBelow(pid).map(({ command }) => command);
    await killTree(pid);
    throw new Error(`pobsync ${request.argv.join(" ")} took over ${timeoutMs} ms, below it ran [${left}]`);
  } finally {
    busy = false;
  }
}

async function startWarm(): Promise<ChildProcess> {
  const started = fork(at("tests/support/warm-child.ts"), [at("bin/pobsync.js"), at("dist/pobsync.js")], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [],
  });
  started.on("exit", () => {
    if (child === started) child = null;
  });
  await once(started, "message");
  // It must not keep the test's own process.
  started.unref();
  child = started;
  return started;
}
