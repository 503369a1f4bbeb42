// Whether the rsync on this server can go on with a file that half arrived.
import { lstat, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { runProgramWithin } from "./program.ts";
import { partialOf, type Workplace } from "./snapshot-tree.ts";

const ANSWER_WITHIN_MS = 20_000;
/** Enough for rsync to look for blocks that it has already. */
const SAMPLE = Buffer.from(Array.from({ length: 2048 }, (_, at) => String(at)).join(" "));

/**
 * Throws half-sent files away when rsync would fail on them, and says so: they are sent anew then.
 *
 * rsync 3.2.7-1+deb12u5 and u6 of Debian look for them at the wrong place, and a transfer that meets one ends in an error,
 * every time. Other versions of the same repair may do so too, so rsync is tried out instead of asked for its version.
 * @param program the rsync of this server
 */
export async function dropUselessHalves(
  { path, partial }: Pick<Workplace, "path" | "partial">,
  program = "rsync",
): Promise<boolean> {
  const halves = await halvesIn(partial);
  if (halves.length === 0 || (await continuesHalves(path, program))) return false;
  for (const stream of new Set([0, ...halves.map(({ stream }) => stream)]))
    await rm(partialOf(partial, stream), { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  return true;
}

/** A half-sent file: rsync knows it by its name alone, without the folder in which it is to be. */
export interface Half {
  readonly stream: number;
  /** One character a byte. */
  readonly name: string;
  readonly bytes: number;
}

/** Those of all streams. @param partial the first stream's folder */
export async function halvesIn(partial: string): Promise<Half[]> {
  const prefix = `${basename(partial)}-`;
  const names = await readdir(dirname(partial)).catch(() => []);
  const further = names.flatMap((name) => (name.startsWith(prefix) ? Number(name.slice(prefix.length)) : []));
  const halves: Half[] = [];
  for (const stream of [0, ...further.filter((at) => Number.isInteger(at) && at > 0)]) {
    const folder = Buffer.from(`${partialOf(partial, stream)}/`);
    for (const name of await readdir(folder, { encoding: "buffer" }).catch(() => [])) {
      const facts = await lstat(Buffer.concat([folder, name]));
      if (facts.isFile()) halves.push({ stream, name: name.toString("latin1"), bytes: facts.size });
    }
  }
  return halves;
}

/** Gives a half to another stream, unless that has one of its name. */
export async function moveHalf(partial: string, { stream, name }: Half, to: number): Promise<void> {
  const [from, target] = [stream, to].map((at) =>
    Buffer.concat([Buffer.from(`${partialOf(partial, at)}/`), Buffer.from(name, "latin1")]),
  ) as [Buffer, Buffer];
  const isFree = await lstat(target).then(
    () => false,
    () => true,
  );
  if (isFree) await rename(from, target);
}

/** Where there is but one stream, it has all halves. */
export async function gatherHalves({ partial }: Pick<Workplace, "partial">): Promise<void> {
  for (const half of await halvesIn(partial)) if (half.stream > 0) await moveHalf(partial, half, 0);
}

/** Lets rsync continue one small file in a folder of its own below this one. */
async function continuesHalves(below: string, program: string): Promise<boolean> {
  const folder = await mkdtemp(join(below, "try-"));
  try {
    const [from, to, half] = ["from", "to", "half"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const one of [from, to, half]) await mkdir(one);
    await writeFile(join(from, "file"), SAMPLE);
    await writeFile(join(half, "file"), SAMPLE.subarray(0, SAMPLE.length / 2));
    const options = ["-a", "--sparse", "--no-whole-file", `--partial-dir=${half}`];
    const { code } = await runProgramWithin(ANSWER_WITHIN_MS, [program, ...options, `${from}/`, `${to}/`]);
    return code === 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
