// The machine on which it was measured: numbers without it mean little.
import { spawnSync } from "node:child_process";
import { availableParallelism, cpus, release, tmpdir, totalmem } from "node:os";

/** One fact a line; nothing that identifies the machine. */
export function machineFacts(): string[] {
  const model = cpus()[0]?.model.trim();
  return [
    `${availableParallelism()} CPUs${model ? ` (${model})` : ""}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory`,
    `Linux ${release()}; images on ${said("stat", "-f", "-c", "%T", tmpdir())}`,
    `${said("rsync", "--version").replace(/^(rsync)\s+(version \S+).*$/s, "$1 $2")}, ${said("ssh", "-V")}, Node ${process.version}`,
  ];
}

/** The first line that the program prints, be it on stdout or, as ssh does, on stderr. */
function said(program: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return (stdout || stderr || `${program}: not installed`).split("\n")[0]?.trim() ?? "";
}
