// Runs one command and says what it cost: wall time, and the CPU time of its whole process tree.
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
  const { argv, cwd, output, expected = [0] } = command;
  const stdin = openSync(command.input ?? "/dev/null", "r");
  const stdout = openSync(output, "w");
  const child = spawn("/bin/bash", ["-c", SCRIPT, "bash", ...argv], {
    env: { ...command.env },
    cwd,
    stdio: [stdin, stdout, stdout, "pipe"],
  });
  closeSync(stdin);
  closeSync(stdout);
  const failedToStart = new Promise<never>((_, reject) => child.on("error", reject));
  const report = await Promise.race([text(child.stdio[3] as NodeJS.ReadableStream), failedToStart]);
  const { exitCode, ...cost } = parseReport(report);
  if (expected.includes(exitCode)) return cost;
  const lastWords = readFileSync(output, "utf8").slice(-2000);
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
