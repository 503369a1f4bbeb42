// Which process this is, so that another one on the same machine can tell whether it still lives.
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** boot / PID namespace / pid / start time: unique for as long as this kernel runs, also in containers. */
export function processIdentity(): string {
  return [bootId(), pidNamespace(), String(process.pid), startTimeOf(process.pid) ?? "?"].join(" ");
}

/** For people: machine and process. The random part keeps two of them apart that share both. */
export const workerName = (random: string): string => `${hostname()}:${process.pid}:${random}`;

/**
 * Whether the process of that identity lives. "unknown" means that it cannot be told from here (another machine,
 * another container, another boot), so only its lease decides.
 */
export function livenessOf(identity: string): "alive" | "dead" | "unknown" {
  const [boot, namespace, pid, startTime] = identity.split(" ");
  if (boot !== bootId() || namespace !== pidNamespace()) return "unknown";
  const now = startTimeOf(Number(pid));
  return now !== null && now === startTime ? "alive" : "dead";
}

/** Changes with every start of the machine. */
export const bootId = (): string => readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();

const pidNamespace = (): string => readlinkSync("/proc/self/ns/pid");

/** Field 22 of /proc/PID/stat. The command in field 2 may hold anything, so the count begins after its last parenthesis. */
function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended; only its parent has not looked yet.
    return fields[0] === "Z" || fields[0] === "X" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
