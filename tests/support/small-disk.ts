// A disk that is soon full: a small file system in a file, ext4 unless another one is wanted. Root only, and loop devices must be allowed.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTool } from "./tool.ts";
import { waitUntil } from "./wait-until.ts";

export type FileSystem = "ext4" | "xfs" | "btrfs";

const MAKERS: Readonly<Record<FileSystem, readonly string[]>> = {
  // 256 bytes an inode: nanoseconds and times after 2038. Nothing set aside: root could fill it all the same.
  ext4: ["mkfs.ext4", "-q", "-F", "-I", "256", "-m", "0"],
  xfs: ["mkfs.xfs", "-q"],
  btrfs: ["mkfs.btrfs", "-q"],
};

/**
 * Mounts an empty disk, calls `use` with its folder, and unmounts and removes it whatever happened.
 * @param size.megabytes of the whole file system (MiB), at least 2; its own tables take some of it
 * @param size.inodes how many files and folders fit: default one for every 4 KiB or so; ext4 keeps eleven and rounds up
 * @param size.type xfs wants 300 MiB, btrfs 109
 * @returns what `use` returns
 * @throws Error when mounting isn't allowed here, or when something still holds the disk 10 s after `use`
 */
export async function withSmallDisk<Result>(
  size: { megabytes: number; inodes?: number; type?: FileSystem },
  use: (mountPoint: string) => Promise<Result> | Result,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "pobsync-disk-"));
  const image = join(folder, "image");
  const mountPoint = join(folder, "disk");
  mkdirSync(mountPoint);
  try {
    await runTool("truncate", ["--size", `${size.megabytes}M`, image]);
    const [program = "", ...words] = MAKERS[size.type ?? "ext4"];
    await runTool(program, [...words, ...(size.inodes === undefined ? [] : ["-N", `${size.inodes}`]), image]);
    await runTool("mount", ["-o", "loop", image, mountPoint]);
    try {
      rmSync(join(mountPoint, "lost+found"), { recursive: true, force: true });
      return await use(mountPoint);
    } finally {
      await unmount(mountPoint);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A process that is just ending may hold the disk a moment longer. */
async function unmount(mountPoint: string): Promise<void> {
  let lastError: unknown;
  const tryToUnmount = async () => {
    try {
      await runTool("umount", ["--", mountPoint]);
      return true;
    } catch (error) {
      lastError = error;
      return false;
    }
  };
  try {
    await waitUntil(tryToUnmount, { what: "umount" });
  } catch {
    // Out of the way at least, so that nothing that lies on it is taken for the folder's own.
    await runTool("umount", ["--lazy", "--", mountPoint]);
    throw lastError;
  }
}

/** Takes all the room that a disk has, with one file. */
export function fillUp(path: string): void {
  for (const bytes of [65_536, 4096, 512]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes), { flag: "a" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
  if (statSync(path).size === 0) throw new Error("the disk was full before");
}
