// What is mounted at a folder, somewhere below it, or around it.
import { readFile, realpath } from "node:fs/promises";

/** Of a line of mountinfo (proc(5)), counted from 0. */
const [MOUNT_POINT, OPTIONS] = [4, 5];

/**
 * Paths of the mount points at or below a folder, as bytes.
 *
 * Only this list tells of a bind mount from the same disk: its device number is that of the folder around it, so
 * programs that "stay on one file system" walk right into it.
 */
export async function mountsAtOrBelow(folder: string): Promise<Buffer[]> {
  const { lines, top } = await readTable(folder);
  return lines
    .map(({ point }) => point)
    .filter((point) => point === top || point.startsWith(`${top}/`))
    .map((point) => Buffer.from(point, "latin1"));
}

/** The options of the mount in which a folder lies, such as `nosuid`. */
export async function mountOptionsOf(folder: string): Promise<string[]> {
  const { lines, top } = await readTable(folder);
  const around = lines.filter(({ point }) => point === "/" || point === top || top.startsWith(`${point}/`));
  // Of several at one place the last one is on top.
  const nearest = around.reduce<(typeof around)[number] | null>(
    (best, one) => (best === null || one.point.length >= best.point.length ? one : best),
    null,
  );
  return nearest?.options.split(",") ?? [];
}

async function readTable(folder: string) {
  const [table, real] = await Promise.all([
    readFile("/proc/self/mountinfo", "latin1"),
    realpath(folder, { encoding: "buffer" }),
  ]);
  const lines = table.split("\n").flatMap((line) => {
    const words = line.split(" ");
    const [point, options] = [words[MOUNT_POINT], words[OPTIONS]];
    return point === undefined || options === undefined ? [] : [{ point: unescaped(point), options }];
  });
  return { lines, top: real.toString("latin1") };
}

/** Blanks, line ends and backslashes are written as three octal digits there. */
const unescaped = (word: string): string =>
  word.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
