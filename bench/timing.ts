// Says what a command or a piece of our own work cost: wall time, and the CPU time of all processes that had a part in it.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Cost } from "./statistics.ts";

export type Command = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** A file that it reads; nothing when left out. */
  readonly input?: string;
  /** The file for all that it prints. */
  readonly output: string;
  /** Another file for what it says on stderr. */
  readonly errors?: string;
  /** The exit codes of success (default: 0). */
  readonly expected?: readonly number[];
};

// A control group counts everything that was started in it, also what nobody waited for, as in a sandbox.
const SCRIPT = `echo $$ > "$GROUP/cgroup.procs" || exit 125; unset GROUP; begin=$EPOCHREALTIME; "$@" 3>&-; status=$?; end=$EPOCHREALTIME
echo "$status $begin $end" >&3`;

/**
 * The CPU time is that of all processes below the command; programs that others have started for it, such as sshd's, are not in it.
 * @throws Error with the end of its output when the command fails or is interrupted
 */
export async function timed(command: Command): Promise<Cost> {
  const { argv, cwd, output, errors = null, expected = [0] } = command;
  const group = makeGroup();
  try {
    const stdin = openSync(command.input ?? "/dev/null", "r");
    const stdout = openSync(output, "w");
    const stderr = errors === null ? stdout : openSync(errors, "w");
    const child = spawn("/bin/bash", ["-c", SCRIPT, "bash", ...argv], {
      env: { ...command.env, GROUP: group.path },
      cwd,
      stdio: [stdin, stdout, stderr, "pipe"],
    });
    for (const file of new Set([stdin, stdout, stderr])) closeSync(file);
    const failedToStart = new Promise<never>((_, reject) => child.on("error", reject));
    const report = await Promise.race([text(child.stdio[3] as NodeJS.ReadableStream), failedToStart]);
    const { exitCode, wallSeconds } = parseReport(report);
    if (expected.includes(exitCode)) return { wallSeconds, cpuSeconds: group.cpuSeconds() };
    const said = [output, ...(errors === null ? [] : [errors])].map((file) => readFileSync(file, "utf8"));
    const lastWords = said.map((text) => text.slice(-2000)).join("\n");
    throw new Error(`${argv.slice(0, 3).join(" ")} … ended with ${exitCode}: ${lastWords}`);
  } finally {
    group.remove();
  }
}

let groups = 0;

export type Group = {
  readonly path: string;
  readonly cpuSeconds: () => number;
  /** What is moved into it is counted from then on, with all that it starts. */
  readonly take: (pid: number) => void;
  readonly remove: () => void;
};

/** A control group of its own; the kernel counts its time whether or not it limits it. */
export function makeGroup(): Group {
  const mount = /^\S+ (\S+) cgroup2 /m.exec(readFileSync("/proc/mounts", "utf8"))?.[1];
  if (mount === undefined) throw new Error("CPU time is measured with cgroup2, which is not mounted");
  groups += 1;
  const path = join(mount, `pobsync-bench-${process.pid}-${groups}`);
  mkdirSync(path);
  return {
    path,
    cpuSeconds: () =>
      Number(/^usage_usec (\d+)$/m.exec(readFileSync(join(path, "cpu.stat"), "utf8"))?.[1]) / 1e6,
    take: (pid) => writeFileSync(join(path, "cgroup.procs"), String(pid)),
    remove: () => {
      try {
        rmdirSync(path);
      } catch {
        // Something of it still ends; an empty group costs nothing.
      }
    },
  };
}

/** Reads what the script wrote: exit code, begin and end. */
function parseReport(report: string): { exitCode: number; wallSeconds: number } {
  // The decimal sign is that of the locale.
  const [exitCode, begin, end] = report.replaceAll(",", ".").trim().split(" ").map(Number);
  if (exitCode === undefined || begin === undefined || end === undefined)
    throw new Error("the command was interrupted");
  return { exitCode, wallSeconds: end - begin };
}

/** What work of this process cost, with the programs that it started and waited for. */
export async function costOf<Result>(work: () => Promise<Result>): Promise<{ cost: Cost; result: Result }> {
  const cpuBefore = cpuSeconds();
  const begin = performance.now();
  const result = await work();
  const wallSeconds = (performance.now() - begin) / 1000;
  return { cost: { wallSeconds, cpuSeconds: cpuSeconds() - cpuBefore }, result };
}

/** What proc(5) counts in; the same on every Linux of today. */
const TICKS_A_SECOND = 100;

/** User and system time of this process, and of all the children it has waited for, with those that they waited for. */
function cpuSeconds(): number {
  const afterTheName = readFileSync("/proc/self/stat", "latin1")
    .replace(/^.*\) /s, "")
    .split(" ");
  const ticksOfChildren = Number(afterTheName[13]) + Number(afterTheName[14]);
  // Of itself Node knows microseconds.
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + ticksOfChildren / TICKS_A_SECOND;
}
