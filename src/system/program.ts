// Running one program: argument arrays only, a clean environment, and a process tree that cannot outlive us.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";

/**
 * Ties a whole process group to us, also when we are killed without a chance to clean up.
 *
 * A lone SIGKILL to rsync leaves its receiver writing, and one to us would leave both. So a watcher sits in the same
 * group and reads a pipe whose other end only we hold: when that end closes, because we closed it or because we are
 * gone, it kills its group. It outlives the SIGTERM with which `end` asks its group, or nobody would be left to kill
 * those that don't listen. The text is constant; the program and its arguments are passed as words and never parsed.
 */
const GUARD = '(trap "" TERM; read -r _ <&3; kill -KILL 0) </dev/null >/dev/null 2>&1 & exec "$@" 3<&-';

/** What rsync and ssh see of our environment: no RSYNC_*, no ~/.popt, no locale. */
const CLEAN_ENVIRONMENT = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/nonexistent",
  LC_ALL: "C",
};

/** Kept of what a program says on stderr: the first and the last part of it, each of this many bytes. */
const STDERR_PART_BYTES = 64 * 1024;

const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

/** Pipes that stay open after their program's end are let go once they were silent for so many looks. */
const SILENT_LOOKS = 5;
const LOOK_EVERY_MS = 50;

export interface ProgramOptions {
  /** Sent to standard input, which is then closed. */
  readonly input?: string | Uint8Array;
  /** Gets standard input itself, in place of `input`, and closes it. */
  readonly takeInput?: (input: Writable) => void;
  /** A file that is its standard input; in place of `input`, however large. */
  readonly inputFile?: string;
  /** Open files of ours that it gets as its standard input and output. */
  readonly standard?: { readonly input: number; readonly output: number };
  /** Further open files of ours, which it gets as 4, 5 and so on. They stay open here. */
  readonly files?: readonly number[];
  /**
   * A file that gets standard output; without it up to `outputLimitBytes` are kept. A program that prints a line for
   * each of a million files would wake a reader a million times; a file can be read now and then.
   */
  readonly outputFile?: string;
  readonly outputLimitBytes?: number;
  /** Gets standard output as it comes, in place of it being kept. */
  readonly onOutput?: (chunk: Buffer) => void;
  /** Gets standard output itself: the program goes on no faster than whoever reads. It is read to its end, or destroyed. */
  readonly takeOutput?: (output: Readable) => void;
  /** Called for each whole line of standard error, as Latin-1: one character a byte. */
  readonly onErrorLine?: (line: string) => void;
  readonly cwd?: string;
  /** What it finds in its environment beside the little that all programs do. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Kills the group when it is aborted. */
  readonly stop?: AbortSignal;
}

export interface ProgramResult {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: Buffer;
  readonly stderr: string;
  /** Set when the program could not be started at all (ENOENT, EACCES …). */
  readonly startError: NodeJS.ErrnoException | null;
}

/** A running program. `end` asks politely and then kills the whole group; `kill` does so at once. */
export interface RunningProgram {
  readonly pid: number | undefined;
  readonly done: Promise<ProgramResult>;
  readonly kill: () => void;
  readonly end: (graceMs: number) => void;
}

/** Starts a program in a session and process group of its own, which dies with this process. */
export function startProgram(argv: readonly string[], options: ProgramOptions = {}): RunningProgram {
  const outputFile = options.outputFile === undefined ? null : openSync(options.outputFile, "w", 0o600);
  const inputFile = options.inputFile === undefined ? null : openSync(options.inputFile, "r");
  const child = spawn("/bin/sh", ["-c", GUARD, "pobsync-guard", ...argv], {
    detached: true,
    env: { ...CLEAN_ENVIRONMENT, ...options.environment },
    stdio: [
      options.standard?.input ?? inputFile ?? "pipe",
      options.standard?.output ?? outputFile ?? "pipe",
      ...(["pipe", "pipe"] as const),
      ...(options.files ?? []),
    ],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  for (const file of [outputFile, inputFile]) if (file !== null) closeSync(file);
  if (!hasPipes(child)) return neverStarted(child);
  const leash = child.stdio[3] as Writable;
  const kill = (): void => void leash.destroy();
  // The other end closes together with the group; that is not an error of ours.
  leash.on("error", () => {});
  child.on("exit", kill);
  if (options.stop?.aborted === true) kill();
  options.stop?.addEventListener("abort", kill, { once: true });
  child.on("close", () => options.stop?.removeEventListener("abort", kill));
  child.stdin?.on("error", () => {});
  if (options.takeInput === undefined || child.stdin === null) child.stdin?.end(options.input ?? "");
  else options.takeInput(child.stdin);
  return {
    pid: child.pid,
    done: collect(child, options),
    kill,
    end: (graceMs) => {
      signalGroup(child, "SIGTERM");
      const timer = setTimeout(kill, graceMs);
      child.on("exit", () => clearTimeout(timer));
    },
  };
}

/** Where this process has as many open files as it may (EMFILE), Node makes no pipes, and says why a moment later. */
const hasPipes = (child: ChildProcess): boolean => (child.stdio as unknown) !== undefined;

const neverStarted = (child: ChildProcess): RunningProgram => ({
  pid: undefined,
  done: new Promise((resolve) => {
    child.on("error", (startError: NodeJS.ErrnoException) =>
      resolve({ code: null, signal: null, output: Buffer.alloc(0), stderr: "", startError }),
    );
  }),
  kill: () => {},
  end: () => {},
});

/** Runs a program to its end. */
export const runProgram = (argv: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> =>
  startProgram(argv, options).done;

/** Runs a program that must end within the time; after that its group is killed and `timedOut` is true. */
export async function runProgramWithin(
  timeoutMs: number,
  argv: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult & { timedOut: boolean }> {
  const program = startProgram(argv, options);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    program.kill();
  }, timeoutMs);
  const result = await program.done;
  clearTimeout(timer);
  return { ...result, timedOut };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, signal);
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

function collect(child: ChildProcess, options: ProgramOptions): Promise<ProgramResult> {
  const stderr = new BoundedText(STDERR_PART_BYTES);
  const kept: Buffer[] = [];
  let room = options.outputLimitBytes ?? OUTPUT_LIMIT_BYTES;
  let errorCarry = "";
  (child.stderr as Socket).on("data", (chunk: Buffer) => {
    const text = chunk.toString("latin1");
    stderr.add(text);
    if (options.onErrorLine === undefined) return;
    const lines = (errorCarry + text).split("\n");
    errorCarry = lines.pop() ?? "";
    for (const line of lines) options.onErrorLine(line);
  });
  child.on("close", () => {
    if (errorCarry !== "") options.onErrorLine?.(errorCarry);
  });
  if (options.takeOutput !== undefined && child.stdout !== null) options.takeOutput(child.stdout);
  else
    child.stdout?.on("data", (chunk: Buffer) => {
      if (options.onOutput !== undefined) return options.onOutput(chunk);
      if (room > 0) kept.push(chunk.subarray(0, room));
      room -= chunk.length;
    });
  child.on("exit", () => letGoWhenSilent(child));
  return new Promise((resolve) => {
    let startError: NodeJS.ErrnoException | null = null;
    const finish = (code: number | null, signal: NodeJS.Signals | null): void =>
      resolve({ code, signal, output: Buffer.concat(kept), stderr: stderr.text(), startError });
    child.on("error", (error: NodeJS.ErrnoException) => {
      startError = error;
      if (child.pid === undefined) finish(null, null);
    });
    child.on("close", finish);
  });
}

/**
 * Waits no longer than needed for the pipes of a program that has ended.
 *
 * ssh hands its pipes to the master of a shared connection, which keeps them for as long as the host's side lives: on a
 * frozen host that was a minute, with a hook that hangs it was for ever. What had been written is read first.
 */
function letGoWhenSilent(child: ChildProcess): void {
  const pipes = [child.stdout, child.stderr].filter((pipe) => pipe !== null) as Socket[];
  let read = -1;
  let silentLooks = 0;
  const timer = setInterval(() => {
    const now = pipes.reduce((sum, pipe) => sum + pipe.bytesRead, 0);
    const isBusy = now !== read || pipes.some((pipe) => pipe.readableLength > 0);
    read = now;
    silentLooks = isBusy ? 0 : silentLooks + 1;
    if (silentLooks < SILENT_LOOKS) return;
    clearInterval(timer);
    for (const pipe of pipes) pipe.destroy();
  }, LOOK_EVERY_MS);
  child.on("close", () => clearInterval(timer));
}

/** Keeps the beginning and the end of a stream, so that a million complaints cannot fill the memory. */
class BoundedText {
  readonly #part: number;
  #head = "";
  #tail = "";
  #dropped = false;

  constructor(part: number) {
    this.#part = part;
  }

  add(text: string): void {
    const fits = this.#part - this.#head.length;
    this.#head += text.slice(0, Math.max(0, fits));
    this.#tail += text.slice(Math.max(0, fits));
    if (this.#tail.length > 2 * this.#part) {
      this.#tail = this.#tail.slice(-this.#part);
      this.#dropped = true;
    }
  }

  text(): string {
    return this.#head + (this.#dropped ? "\n[…]\n" : "") + this.#tail;
  }
}
