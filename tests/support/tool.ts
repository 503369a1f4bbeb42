// Runs one program of the system for a test: arguments and input in, output out, an error with its words otherwise.
import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";

/**
 * What the program prints on stdout.
 * @param options.input bytes for its stdin; names that are not UTF-8 go this way (`xargs -0`), as Node's
 *   arguments are text
 * @throws Error with the program's stderr when it doesn't exit with 0
 */
export async function runTool(
  program: string,
  args: readonly string[],
  options: { input?: Buffer; env?: Record<string, string> } = {},
): Promise<Buffer> {
  const child = spawn(program, args, { env: { ...process.env, LC_ALL: "C", ...options.env } });
  // One that ends without reading its input is judged by its exit code.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input);
  const ended = new Promise<number | string>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const [stdout, stderr, status] = await Promise.all([buffer(child.stdout), buffer(child.stderr), ended]);
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.toString().trim()}`);
  return stdout;
}

/** Runs a program on many paths, as few times as the limit on arguments allows. Paths must not start with "-". */
export async function runToolOn(
  paths: readonly Buffer[],
  program: string,
  args: readonly string[],
): Promise<Buffer> {
  const input = Buffer.concat(paths.flatMap((path) => [path, Buffer.from([0])]));
  return runTool("xargs", ["-0", "-r", program, ...args], { input });
}
