// Damage to stored files as a failing disk does it: contents change, and nothing else that can be seen.
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "./tool.ts";

export type Damage = (file: number) => void;

/** Another bit at a place; counted from the end when it is negative. */
export const flipped =
  (at: number): Damage =>
  (file) => {
    const place = at < 0 ? fstatSync(file).size + at : at;
    const byte = Buffer.alloc(1);
    readSync(file, byte, 0, 1, place);
    writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, place);
  };

export const cutTo =
  (bytes: number): Damage =>
  (file) =>
    ftruncateSync(file, bytes);

export const grownBy =
  (text: string): Damage =>
  (file) => {
    writeSync(file, text, fstatSync(file).size);
  };

/** Damages a file whatever its name is. Mode, owner, attributes and time are as they were afterwards. */
export async function damage(path: Buffer | string, how: Damage): Promise<void> {
  const aside = mkdtempSync(join(tmpdir(), "pobsync-damage-"));
  const file = openSync(path, "r+");
  const copyAttributes = (from: string, to: string) =>
    runTool("cp", ["--attributes-only", "--preserve=all", "--", from, to]);
  try {
    const [opened, kept] = [`/proc/${process.pid}/fd/${file}`, join(aside, "kept")];
    await copyAttributes(opened, kept);
    how(file);
    await copyAttributes(kept, opened);
  } finally {
    closeSync(file);
    rmSync(aside, { recursive: true });
  }
}
