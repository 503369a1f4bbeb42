// Says what a command or a piece of our own work cost: wall time, and the CPU time of all processes that had a part in it.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
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

// Node knows the CPU time of itself only. The shell's `times` is that of the children it has waited for, with all
// that those have waited for in turn; and unlike GNU time, bash is always there and counts in milliseconds.
const SCRIPT = `begin=$EPOCHREALTIME; "$@" 3>&-; status=$?; end=$EPOCHREALTIME
{ echo "$status $begin $end"; times; } >&3`;

/**
 * Not in the CPU time: processes that outlive the command, or whose parent never waited for them.
 * @throws Error with the end of its output when the command fails or is interrupted
 */
export async function timed(command: Command): Promise<Cost> {
  const { argv, cwd, output, errors = null, expected = [0] } = command;
  const stdin = openSync(command.input ?? "/dev/null", "r");
  const stdout = openSync(output, "w");
  const stderr = errors === null ? stdout : openSync(errors, "w");
  const child = spawn("/bin/bash", ["-c", SCRIPT, "bash", ...argv], {
    env: { ...command.env },
    cwd,
    stdio: [stdin, stdout, stderr, "pipe"],
  });
  for (const file of new Set([stdin, stdout, stderr])) closeSync(file);
  const failedToStart = new Promise<never>((_, reject) => child.on("error", reject));
  const report = await Promise.race([text(child.stdio[3] as NodeJS.ReadableStream), failedToStart]);
  const { exitCode, ...cost } = parseReport(report);
  if (expected.includes(exitCode)) return cost;
  const said = [output, ...(errors === null ? [] : [errors])].map((file) => readFileSync(file, "utf8"));
  const lastWords = said.map((text) => text.slice(-2000)).join("\n");
  throw new Error(`${argv.slice(0, 3).join(" ")} … ended with ${exitCode}: ${lastWords}`);
}

const TIMES = /^(\d+)m([\d.]+)s (\d+)m([\d.]+)s$/;

/** Reads what the script wrote: exit code, begin and end; then the shell's own times; then those of its children. */
function parseReport(report: string): Cost & { exitCode: number } {
  // The decimal sign is that of the locale.
  const [status = "", , children = ""] = report.replaceAll(",", ".").trim().split("\n");
  const [exitCode, begin, end] = status.split(" ").map(Number);
  const [userMinutes, userSeconds, systemMinutes, systemSeconds] = (TIMES.exec(children) ?? [])
    .slice(1)
    .map(Number);
  if (exitCode === undefined || begin === undefined || end === undefined || systemSeconds === undefined)
    throw new Error("the command was interrupted");
  const minutes = (userMinutes ?? 0) + (systemMinutes ?? 0);
  return {
    exitCode,
    wallSeconds: end - begin,
    cpuSeconds: minutes * 60 + (userSeconds ?? 0) + systemSeconds,
  };
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
