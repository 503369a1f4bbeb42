// The program without its start: loads the bundle once and runs one command line after another, as warm-program.ts asks.
import nodeModule from "node:module";
import { PassThrough, Readable } from "node:stream";

export type WarmRequest = {
  argv: string[];
  cwd: string;
  env: Record<string, string>;
  input: string;
};
export type WarmAnswer = { code: number; stdout: string; stderr: string };

const [program = "", bundle = ""] = process.argv.slice(2);
nodeModule.enableCompileCache();
const { main } = (await import(bundle)) as {
  main: (argv: readonly string[], env: NodeJS.ProcessEnv) => Promise<number>;
};

/** A standard stream for one command, as a pipe would be. */
function pipe(name: "stdout" | "stderr"): () => string {
  const stream = new PassThrough();
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  Object.defineProperty(process, name, { value: stream, configurable: true });
  return () => Buffer.concat(chunks).toString("utf8");
}

async function run({ argv, cwd, env, input }: WarmRequest): Promise<WarmAnswer> {
  process.chdir(cwd);
  process.env = { ...env };
  process.argv = [process.execPath, program, ...argv];
  const stdin = Readable.from(input === "" ? [] : [Buffer.from(input)]);
  Object.defineProperty(process, "stdin", { value: stdin, configurable: true });
  const [stdout, stderr] = [pipe("stdout"), pipe("stderr")];
  const code = await main(argv, process.env);
  return { code, stdout: stdout(), stderr: stderr() };
}

process.on("message", (request: WarmRequest) => {
  void run(request).then((answer) => process.send?.(answer));
});
// Nobody is left who could ask.
process.on("disconnect", () => process.exit());
process.send?.("ready");
