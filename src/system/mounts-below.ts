// What is mounted at a folder or somewhere below it.
import { readFile, realpath } from "node:fs/promises";

/** Of a line of mountinfo (proc(5)), counted from 0. */
const MOUNT_POINT = 4;

/**
 * Paths of the mount points at or below a folder, as bytes.
 *
 * Only this list tells of a bind mount from the same disk: its device number is that of the folder around it, so
 * programs that "stay on one file system" walk right into it.
 */
export async function mountsAtOrBelow(folder: string): Promise<Buffer[]> {
  const [table, real] = await Promise.all([
    readFile("/proc/self/mountinfo", "latin1"),
    realpath(folder, { encoding: "buffer" }),
  ]);
  const top = real.toString("latin1");
  return table
    .split("\n")
    .map((line) => unescaped(line.split(" ")[MOUNT_POINT] ?? ""))
    .filter((point) => point === top || point.startsWith(`${top}/`))
    .map((point) => Buffer.from(point, "latin1"));
}

/** Blanks, line ends and backslashes are written as three octal digits there. */
const unescaped = (word: string): string =>
  word.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
