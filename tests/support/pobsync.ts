// Runs the real command line in a test's world, to its end or in the background.
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { killTree, processesBelow } from "./processes.ts";
import { waitUntil } from "./wait-until.ts";
import { isWarmBusy, runWarm } from "./warm-program.ts";
import type { World } from "./world.ts";

/** A variable that only the program itself reads: others change which programs are found, or what a day is. */
const isOwn = (name: string): boolean => /^(POBSYNC_\w+|USER|SUDO_USER)$/.test(name);

/** The program that the tests start. */
export const pobsyncProgram = fileURLToPath(new URL("../../bin/pobsync", import.meta.url));

export type CommandResult = {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The one JSON document on stdout. @throws Error with all output when it isn't one */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what the document holds by expecting it
  json(): any;
};

export type RunningCommand = {
  child: ChildProcess;
  pid: number;
  /** Both streams so far, as they came. */
  output(): string;
  stdout(): string;
  stderr(): string;
  /** Resolves with the match once the output so far has one. @throws Error with the output when it ends or `ms` pass before */
  waitForOutput(pattern: RegExp, ms?: number): Promise<RegExpExecArray>;
  /** Resolves when it has ended. */
  ended: Promise<CommandResult>;
  /** Kills it with everything below it. */
  kill(): Promise<void>;
};

export type Pobsync = {
  /** Runs a command to its end, whatever its exit code. @throws Error with its output when that takes too long */
  run(...args: string[]): Promise<CommandResult>;
  /** The same with text on its stdin. */
  runWithInput(input: string, ...args: string[]): Promise<CommandResult>;
  /** Starts a command that goes on; world.dispose() ends it at the latest. */
  start(...args: string[]): RunningCommand;
};

/**
 * The command line in this world. No POBSYNC_… variable of the surroundings reaches it.
 * @param options.environment more variables, or others in place of the world's
 * @param options.timeoutMs how long `run` may take: default 60,000
 */
export function pobsyncIn(
  world: World,
  options: { environment?: Record<string, string>; timeoutMs?: number; program?: string } = {},
): Pobsync {
  const surroundings = Object.entries(process.env).filter(([name]) => !/^(POBSYNC|VITEST|NODE)_/.test(name));
  // Consoles of tests that run side by side must not want the same port.
  const listen = { POBSYNC_LISTEN: "127.0.0.1:0" };
  const env = {
    ...Object.fromEntries(surroundings),
    ...listen,
    ...world.environment,
    ...options.environment,
  };
  const timeoutMs = options.timeoutMs ?? 60_000;

  const start = (input: string, args: string[]): RunningCommand => {
    const child = spawn(options.program ?? pobsyncProgram, args, { cwd: world.dir, env });
    child.stdin.on("error", () => {}); // It may end without reading.
    child.stdin.end(input);
    return watch(child, `pobsync ${args.join(" ")}`, world);
  };
  const warm = options.program === undefined && Object.keys(options.environment ?? {}).every(isOwn);
  const toItsEnd = async (input: string, args: string[]): Promise<CommandResult> => {
    if (warm && !isWarmBusy()) {
      const result = await runWarm({ argv: args, cwd: world.dir, env, input }, timeoutMs);
      const all = result.stdout + result.stderr;
      return { ...result, json: () => parsed({ stdout: result.stdout, all }) };
    }
    const command = start(input, args);
    const result = await Promise.race([command.ended, pause(timeoutMs, null, { ref: false })]);
    if (result) return result;
    const left = processesBelow(command.pid).map((below) => below.command);
    await command.kill();
    throw new Error(
      `pobsync ${args.join(" ")} took over ${timeoutMs} ms, below it ran [${left}], it said: ${command.output()}`,
    );
  };
  return {
    run: (...args) => toItsEnd("", args),
    runWithInput: (input, ...args) => toItsEnd(input, args),
    start: (...args) => start("", args),
  };
}

function watch(child: ChildProcessWithoutNullStreams, name: string, world: World): RunningCommand {
  const { pid } = child;
  child.on("error", () => {}); // It has no process id then, which is said here and now.
  if (pid === undefined) throw new Error(`${name}: ${child.spawnfile} cannot be started`);
  world.owns(pid);
  const said = { all: "", stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
      said.all += text;
    });
  }
  let hasEnded = false;
  const ended = new Promise<CommandResult>((resolve) => {
    child.on("close", (code, signal) => {
      hasEnded = true;
      resolve({ code, signal, stdout: said.stdout, stderr: said.stderr, json: () => parsed(said) });
    });
  });
  return {
    child,
    pid,
    ended,
    output: () => said.all,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    async waitForOutput(pattern, ms = 10_000) {
      const match = () => new RegExp(pattern, pattern.flags.replace(/[gy]/g, "")).exec(said.all);
      try {
        await waitUntil(() => match() !== null || hasEnded, { what: `${pattern}`, deadlineMs: ms });
      } catch {
        throw new Error(`waited ${ms} ms for ${pattern} of ${name}, it said: ${said.all}`);
      }
      const found = match();
      if (!found) throw new Error(`${name} ended without ${pattern}, it said: ${said.all}`);
      return found;
    },
    kill: () => killTree(pid),
  };
}

function parsed(said: { stdout: string; all: string }): unknown {
  try {
    return JSON.parse(said.stdout);
  } catch (error) {
    throw new Error(`stdout is not one JSON document; all output: ${said.all}`, { cause: error });
  }
}
