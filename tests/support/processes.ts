// What runs on this machine, read from /proc: to freeze or end a whole tree, and to prove that no orphan is left.
import { readdirSync, readFileSync } from "node:fs";
import { waitUntil } from "./wait-until.ts";

export type RunningProcess = { pid: number; parent: number; state: string; command: string };

/** Every process but kernel threads and the dead ones that nobody has reaped yet. */
function runningProcesses(): RunningProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processFacts(Number(name)))
    .filter((found) => found !== null)
    .filter(({ state, isKernelThread }) => state !== "Z" && !isKernelThread)
    .map(({ pid, parent, state, command }) => ({ pid, parent, state, command }));
}

/** All descendants of a process, parents first; not the process itself. Whoever lost its parent is not found. */
export function processesBelow(pid: number): RunningProcess[] {
  const all = runningProcesses();
  const found: RunningProcess[] = [];
  const parents = [pid];
  for (const parent of parents) {
    for (const child of all.filter((one) => one.parent === parent)) {
      found.push(child);
      parents.push(child.pid);
    }
  }
  return found;
}

/** Processes with this text in their arguments (joined by blanks), except the one that asks. */
export const processesMentioning = (text: string): RunningProcess[] =>
  runningProcesses().filter(({ pid, command }) => pid !== process.pid && command.includes(text));

/** Whether the process exists and has not ended; a stopped one is alive. */
export function isAlive(pid: number): boolean {
  const facts = processFacts(pid);
  return facts !== null && facts.state !== "Z" && facts.state !== "X";
}

/** Sends the signal, if the process is still there. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Processes that were started with this variable (`NAME=value`), also those that nobody is the parent of any more. */
export const processesWithVariable = (variable: string): RunningProcess[] =>
  runningProcesses().filter(({ pid }) => pid !== process.pid && environmentOf(pid).includes(variable));

/** Stops (SIGSTOP) a process and everything below it, and returns their ids, the process itself first. */
export const freezeTree = (pid: number): number[] =>
  freezeAll(() => [pid, ...processesBelow(pid).map((below) => below.pid)]);

/**
 * Stops (SIGSTOP) the processes that `find` finds. Looks again until nothing new turns up: one may have forked just
 * before its signal came (not after: Linux refuses to finish a fork while a signal waits).
 */
export function freezeAll(find: () => number[]): number[] {
  const frozen = new Set<number>();
  for (let before = -1; before !== frozen.size; ) {
    before = frozen.size;
    for (const one of find()) {
      if (frozen.has(one)) continue;
      signalProcess(one, "SIGSTOP");
      frozen.add(one);
    }
  }
  return [...frozen];
}

/** Kills a process and everything below it, sessions of their own included, and waits until all are gone. */
export async function killTree(pid: number): Promise<void> {
  if (!isAlive(pid)) return;
  await killAll(freezeTree(pid));
}

/** Kills these processes and waits until they are gone. */
export async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) signalProcess(pid, "SIGKILL");
  await waitUntil(() => !pids.some(isAlive), { what: `processes ${pids.join(", ")} to be gone` });
}

const PF_KTHREAD = 0x00200000; // include/linux/sched.h

function processFacts(pid: number): (RunningProcess & { isKernelThread: boolean }) | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name, in parentheses, may itself hold blanks and parentheses.
    const [state = "", parent = "", , , , , flags = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return {
      pid,
      parent: Number(parent),
      state,
      command,
      isKernelThread: (Number(flags) & PF_KTHREAD) !== 0,
    };
  } catch (error) {
    if (hasEnded(error)) return null;
    throw error;
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch (error) {
    // What may do more than we may isn't ours, and is not shown.
    if (hasEnded(error) || (error as NodeJS.ErrnoException).code === "EACCES") return [];
    throw error;
  }
}

/** It ended while we looked. */
const hasEnded = (error: unknown): boolean =>
  ["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "");
