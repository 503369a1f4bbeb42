// A hash of a file's content that doesn't take seconds over a huge hole.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";

const MIB = 1024 * 1024;
const zeros = Buffer.alloc(MIB);

/**
 * `sha256:…` of a file up to 64 MiB. Of a bigger one `sha256-of-nonzero-mib:…`, over its blocks of 1 MiB that hold
 * more than zeros, each after its offset: that says as much, and a hole need not be read.
 */
export function contentHash(path: Buffer | string, size: number, isSparse: boolean): string {
  if (size <= 64 * MIB) return `sha256:${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
  const hash = createHash("sha256").update(`${size}`);
  const block = Buffer.alloc(MIB);
  const file = openSync(path, "r");
  try {
    const extents = isSparse ? extentsOf(file, size) : [{ start: 0, end: size }];
    for (let offset = 0; offset < size; offset += MIB) {
      if (!extents.some(({ start, end }) => start < offset + MIB && end > offset)) continue;
      const part = block.subarray(0, readSync(file, block, 0, MIB, offset));
      if (!part.equals(zeros.subarray(0, part.length))) hash.update(`@${offset}:`).update(part);
    }
    return `sha256-of-nonzero-mib:${hash.digest("hex")}`;
  } finally {
    closeSync(file);
  }
}

/** Where the file has data, in bytes; all of it when the file system doesn't tell (tmpfs). Node knows no SEEK_DATA. */
function extentsOf(file: number, size: number): { start: number; end: number }[] {
  const args = ["-s", "-b1", "-v", "/proc/self/fd/3"];
  const { stdout, status } = spawnSync("filefrag", args, { stdio: ["ignore", "pipe", "ignore", file] });
  if (status !== 0) return [{ start: 0, end: size }];
  return [...stdout.toString().matchAll(/^ *\d+: *(\d+)\.\. *(\d+):/gm)].map(([, first, last]) => ({
    start: Number(first),
    end: Number(last) + 1,
  }));
}
