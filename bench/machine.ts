// The machine on which it was measured: numbers without it mean little.
import { spawnSync } from "node:child_process";
import { cpus, release, tmpdir, totalmem } from "node:os";

/** One fact a line; nothing that identifies the machine. @param used the CPUs that were to be used, or null for all */
export function machineFacts(used: string | null): string[] {
  const model = cpus()[0]?.model.trim();
  return [
    `${cpus().length} CPUs${model ? ` (${model})` : ""}${used === null ? "" : `, of which ${used} were used`}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB of memory`,
    `Linux ${release().replace(/^(\d+\.\d+).*/, "$1")}, images on ${lastLine("df", "--output=fstype", tmpdir())}`,
    `${firstLine("rsync", "--version").replace(/^rsync +version (\S+).*$/, "rsync $1")}, ${firstLine("ssh", "-V").replace(/^OpenSSH_([^ ,]+).*$/, "OpenSSH $1")}, Node ${process.version}`,
  ];
}

const firstLine = (program: string, ...args: string[]): string => said(program, args)[0] ?? "";
const lastLine = (program: string, ...args: string[]): string => said(program, args).at(-1) ?? "";

/** What the program prints, be it on stdout or, as ssh does, on stderr. */
function said(program: string, args: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return (stdout || stderr || `${program}: not installed`).trim().split("\n");
}
