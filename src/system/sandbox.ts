// The sandbox: rsync receives in it, and ssh, which has the keys and the network, stays outside.
import { closeSync, openSync } from "node:fs";
import { lstat, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Problem } from "../domain/problem.ts";
import { landlockArgs } from "./landlock.ts";
import { makePrivateFolder } from "./private-folder.ts";
import {
  type ProgramOptions,
  type ProgramResult,
  type RunningProgram,
  runProgramWithin,
  startProgram,
} from "./program.ts";
import { outOfSandbox, type SystemPlace, sandboxArgs, type View } from "./sandbox-args.ts";
import { sandboxFilter } from "./sandbox-filter.ts";

/** A sandbox that was tried: this system can make it. */
export interface Sandbox {
  readonly kind: "bubblewrap" | "landlock";
  readonly places: readonly SystemPlace[];
  readonly filter: Buffer;
}

const LOOKED_FOR = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
const ANSWER_WITHIN_MS = 20_000;
/** How long the host's side may take to end after rsync has. */
const HOST_GRACE_MS = 2000;
/** rsync's exit code for an error in the protocol data stream. */
const LINE_BROKE = 12;

async function systemPlaces(): Promise<SystemPlace[]> {
  const places: SystemPlace[] = [];
  for (const path of LOOKED_FOR) {
    const found = await lstat(path).catch(() => null);
    if (found?.isSymbolicLink() === true) places.push({ path, link: await readlink(path) });
    else if (found?.isDirectory() === true) places.push({ path, link: null });
  }
  return places;
}

/**
 * Tries to make a sandbox around a folder and to start rsync in it: the best that this system can make. Returns what rsync said
 * there (`rsync --help`), or in one sentence why there is no sandbox.
 *
 * @param kinds which are good enough, the best first
 */
export async function trySandbox(
  folder: string,
  kinds: readonly Sandbox["kind"][] = ["bubblewrap", "landlock"],
): Promise<{ sandbox: Sandbox; help: string } | { whyNot: string }> {
  const filter = sandboxFilter(process.arch);
  if (filter === null) return { whyNot: `there is no list of system calls for ${process.arch}` };
  const places = await systemPlaces();
  const reasons: string[] = [];
  for (const kind of kinds) {
    const sandbox: Sandbox = { kind, places, filter };
    const { code, output, stderr } = await tryThis(sandbox, folder);
    if (code === 0) return { sandbox, help: output.toString("latin1") };
    const said = stderr.trim().split("\n").at(-1) ?? "";
    reasons.push(/(bwrap|perl): not found/.test(said) ? `${kind} is not installed` : said.slice(0, 300));
  }
  return { whyNot: reasons.join("; ") };
}

const tryThis = (sandbox: Sandbox, folder: string): Promise<ProgramResult> =>
  runSandboxed(
    {
      sandbox,
      views: [{ folder, at: "/h", isWritable: true }],
      argv: ["rsync", "--help"],
      isTrial: true,
    },
    { stop: AbortSignal.timeout(ANSWER_WITHIN_MS) },
  );

/** What is seen, as it is called inside: in all but one of the kinds, and in none, nothing has another name there. */
export const viewsIn = (sandbox: Sandbox | null, views: readonly View[]): readonly View[] =>
  sandbox?.kind === "bubblewrap" ? views : views.map((view) => ({ ...view, at: view.folder as View["at"] }));

/** A program, and what it sees. `argv` names places as they are called inside. */
export interface SandboxedProgram {
  readonly sandbox: Sandbox;
  readonly views: readonly View[];
  readonly argv: readonly string[];
  /** Sees to it that the sandbox is one, before anything is started in it. */
  readonly isTrial?: boolean;
}

/** Runs a program that talks to nobody to its end. */
export const runSandboxed = async (
  program: SandboxedProgram,
  options: Omit<ProgramOptions, "files"> = {},
): Promise<ProgramResult> => (await startAlone(program, options)).done;

/** Starts a program that talks to nobody. */
export async function startAlone(
  program: SandboxedProgram,
  options: Omit<ProgramOptions, "files"> = {},
): Promise<RunningProgram> {
  const files = await makePrivateFolder();
  try {
    const filterFd = await openFilter(files.path, program.sandbox.filter);
    try {
      const inner = startProgram(wordsOf(program), {
        ...options,
        ...toldOutside(program.views, options),
        files: [filterFd],
      });
      return { ...inner, done: inner.done.finally(files.remove) };
    } finally {
      closeSync(filterFd);
    }
  } catch (error) {
    await files.remove();
    throw error;
  }
}

/** What is said inside of a path names it as those outside know it. */
const toldOutside = (views: readonly View[], { onErrorLine }: ProgramOptions): ProgramOptions =>
  onErrorLine === undefined ? {} : { onErrorLine: (line) => onErrorLine(outOfSandbox(views, line)) };

/** The words that start a program in its sandbox; file 4 has the filter. */
function wordsOf({ sandbox, views, argv, isTrial = false }: SandboxedProgram): string[] {
  const { kind, places } = sandbox;
  if (kind === "bubblewrap")
    return sandboxArgs({ views, places, filterFd: 4, isRoot: process.getuid?.() === 0 }, argv);
  const programs = ["/usr", ...places.map(({ path }) => path)];
  return landlockArgs({ arch: process.arch, views, programs, isTrial }, argv);
}

async function openFilter(folder: string, filter: Buffer): Promise<number> {
  const file = join(folder, "filter");
  await writeFile(file, filter, { mode: 0o600 });
  return openSync(file, "r");
}

/** Writes the words that it was asked to start on standard error, each with a NUL behind it. */
export const TELLING_SHELL: readonly string[] = [
  ...["/bin/sh", "-c", `printf '%s\\0' pobsync "$@" >&2; exit 77`, "pobsync-asked"],
];

/**
 * A program outside that talks to the one inside: by its words, or the shell that starts it on a host, and rsync's arguments with
 * `TELLING_SHELL`, which tell what to start there. rsync itself is asked, with the arguments that it will get, so that the host
 * is asked for just what it would be asked for without a sandbox.
 */
export type Outside =
  | readonly string[]
  | { readonly remoteShell: readonly string[]; readonly asking: readonly string[] };

/** Makes the line and asks for the command in one start, as each start takes a process that has grown some 10 ms. The text is constant. */
const MAKE_LINE = 'mkfifo -- "$1" "$2" && shift 2 && exec "$@"';

/** Makes both pipes. Returns the words of the program outside. */
async function makeLine(up: string, down: string, outside: Outside): Promise<readonly string[]> {
  const asking = "asking" in outside ? outside.asking : [];
  const argv = ["/bin/sh", "-c", MAKE_LINE, "pobsync-line", up, down, ...asking];
  const { stderr } = await runProgramWithin(ANSWER_WITHIN_MS, argv);
  if (!("asking" in outside)) return outside;
  const words = stderr.split("\0");
  if (words.shift() !== "pobsync" || words.length < 2)
    throw new Problem("rsync_refused", "rsync does not say what it would ask the host for.", {
      detail: stderr.replaceAll("\0", " ").trim(),
    });
  words.pop();
  return [...outside.remoteShell, ...words];
}

/**
 * Starts a program in the sandbox with a line to one outside, and that one, which is all that the inner one can talk to. Both
 * end together; the result is the inner one's.
 */
export async function startSandboxed(
  sandboxed: SandboxedProgram,
  outside: Outside,
  options: ProgramOptions,
): Promise<RunningProgram> {
  const { sandbox, views } = sandboxed;
  const files = await makePrivateFolder();
  const opened: number[] = [];
  const open = (path: string, flags: string): number => {
    const fd = openSync(path, flags);
    opened.push(fd);
    return fd;
  };
  try {
    const [up, down] = [join(files.path, "up"), join(files.path, "down")];
    const words = await makeLine(up, down, outside);
    const filterFd = await openFilter(files.path, sandbox.filter);
    opened.push(filterFd);
    // Held at both ends for a moment, because opening one end waits for the other.
    for (const path of [up, down]) open(path, "r+");
    const [upRead, upWrite] = [open(up, "r"), open(up, "w")];
    const [downRead, downWrite] = [open(down, "r"), open(down, "w")];
    const { onErrorLine } = options;
    const told = onErrorLine === undefined ? {} : { onErrorLine };
    const host = startProgram(words, { standard: { input: upRead, output: downWrite }, ...told });
    const inner = startProgram(wordsOf(sandboxed), {
      ...options,
      ...toldOutside(views, options),
      files: [filterFd, upWrite, downRead],
    });
    return together(inner, host, files.remove);
  } catch (error) {
    await files.remove();
    throw error;
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

function together(inner: RunningProgram, host: RunningProgram, tidy: () => Promise<void>): RunningProgram {
  const done = (async () => {
    const result = await inner.done;
    // What is still under way on the host has nobody to talk to any more.
    const timer = setTimeout(host.kill, HOST_GRACE_MS);
    const { code } = await host.done;
    clearTimeout(timer);
    await tidy();
    // The line broke: ssh knows more about it than rsync, which takes its shell's exit code in that case.
    return result.code === LINE_BROKE && code !== null && code > LINE_BROKE ? { ...result, code } : result;
  })();
  const kill = (): void => {
    inner.kill();
    host.kill();
  };
  return { pid: inner.pid, done, kill, end: inner.end };
}
