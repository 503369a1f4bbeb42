// Runs one command and says what it cost: wall time, and the CPU time of its whole process tree.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import type { Cost } from "./statistics.ts";

export type Command = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A file to read from; nothing when left out. */
  readonly stdin?: string;
  /** A file for stdout, and for stderr too unless that has its own. */
  readonly stdout: string;
  readonly stderr?: string;
};

// Node knows the CPU time of itself only. The shell's `times` is that of the children it has waited for, with all
// that those have waited for in turn; and unlike GNU time, bash is always there and counts in milliseconds.
const SCRIPT = `begin=$EPOCHREALTIME; "$@" 3>&-; status=$?; end=$EPOCHREALTIME
{ echo "$status $begin $end"; times; } >&3`;

/** Processes that outlive the command, or whose parent never waited for them, are not in the CPU time. */
export async function timed(command: Command): Promise<Cost & { readonly exitCode: number }> {
  const stdin = openSync(command.stdin ?? "/dev/null", "r");
  const stdout = openSync(command.stdout, "w");
  const stderr = command.stderr === undefined ? stdout : openSync(command.stderr, "w");
  const child = spawn("/bin/bash", ["-c", SCRIPT, "bash", ...command.argv], {
    env: { ...command.env },
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    stdio: [stdin, stdout, stderr, "pipe"],
  });
  for (const file of new Set([stdin, stdout, stderr])) closeSync(file);
  const failedToStart = new Promise<never>((_, reject) => child.on("error", reject));
  const report = await Promise.race([text(child.stdio[3] as NodeJS.ReadableStream), failedToStart]);
  return parseReport(report);
}

/**
 * Reads what the script wrote: exit code, begin and end; the shell's own times; those of its children.
 * @throws Error when the shell was killed before it could write
 */
export function parseReport(report: string): Cost & { readonly exitCode: number } {
  // The decimal sign is that of the locale.
  const lines = report.replaceAll(",", ".").trim().split("\n");
  const [exitCode, begin, end] = (lines[0] ?? "").split(" ").map(Number);
  const children = lines[2]?.match(/^(\d+)m([\d.]+)s (\d+)m([\d.]+)s$/)?.slice(1).map(Number);
  const [userMinutes, userSeconds, systemMinutes, systemSeconds] = children ?? [];
  if (
    exitCode === undefined ||
    begin === undefined ||
    end === undefined ||
    userMinutes === undefined ||
    userSeconds === undefined ||
    systemMinutes === undefined ||
    systemSeconds === undefined
  )
    throw new Error("the command was interrupted");
  const cpuSeconds = (userMinutes + systemMinutes) * 60 + userSeconds + systemSeconds;
  return { exitCode, wallSeconds: end - begin, cpuSeconds };
}
