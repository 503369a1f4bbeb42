// Whether the rsync on this server can go on with a file that half arrived.
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgramWithin } from "./program.ts";
import type { Workplace } from "./snapshot-tree.ts";

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
  const halves = await readdir(partial).catch(() => []);
  if (halves.length === 0 || (await continuesHalves(path, program))) return false;
  await rm(partial, { recursive: true });
  await mkdir(partial, { mode: 0o700 });
  return true;
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
