// Fresh file systems on loop-mounted images.
//
// Creating files on ext4 is 5 to 10 times slower for minutes after many inodes were deleted there: the allocator
// skips what was deleted recently. So nothing is deleted during a benchmark; whole images are thrown away after it.
import { mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../tests/support/tool.ts";
import { waitUntil } from "../tests/support/wait-until.ts";

export type Volume = {
  /** Where it is mounted. */
  readonly path: string;
  /** Writes out everything that is waiting in memory. */
  flush(): Promise<void>;
  /** Puts out of memory all that was read or written here: contents, names and attributes. Nobody may be using it. */
  cool(): Promise<void>;
  /** Unmounts it and removes its image. */
  remove(): Promise<void>;
};

export type VolumeSize = {
  /** What will be written to it at most. The image is sparse and takes no more than what is written. */
  readonly bytes: number;
  readonly inodes: number;
  /** Bytes of a block (default 4096); smaller ones hold many tiny files in less memory and disk. */
  readonly blockBytes?: 1024 | 4096;
  /** Default: ext4. */
  readonly fileSystem?: FileSystem;
};

export const FILE_SYSTEMS = ["ext4", "btrfs"] as const;
export type FileSystem = (typeof FILE_SYSTEMS)[number];

/** @throws Error when this process may not mount */
export function refuseWithoutRoot(benchmark: string): void {
  if (process.getuid?.() !== 0)
    throw new Error(`"${benchmark}" mounts fresh file systems, so it needs root: run it with sudo`);
}

/** @throws Error when the folder's disk can't take all of this */
export function refuseWithoutSpace(folder: string, volumes: readonly VolumeSize[]): void {
  const { bavail, bsize } = statfsSync(folder);
  const needed = volumes.reduce((sum, { bytes, inodes }) => sum + bytes + inodes * 256, 0);
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  if (needed > bavail * bsize)
    throw new Error(
      `the images may take ${gigabytes(needed)} GB, and $TMPDIR has ${gigabytes(bavail * bsize)} GB left: ` +
        "use fewer --rounds or --entries, or another TMPDIR",
    );
}

/** Makes and mounts an empty file system. @param folder where the image and the mount point come to lie */
export async function createVolume(folder: string, name: string, size: VolumeSize): Promise<Volume> {
  const image = join(folder, `${name}.img`);
  const path = join(folder, name);
  writeFileSync(image, "");
  // Twice the room, so that no allocator has to search and no free-space guard wakes up.
  truncateSync(image, size.bytes * 2 + size.inodes * 256 + 2 ** 30);
  await runTool(...maker(size, image));
  mkdirSync(path);
  const mount = () => runTool("mount", ["-o", "loop", image, path]);
  await mount();
  return {
    path,
    flush: async () => {
      await runTool("sync", ["-f", path]);
    },
    async cool() {
      await unmount(path);
      try {
        // What the file system forgets by that is still in the page cache of the one below.
        await runTool("dd", [`of=${image}`, "oflag=nocache", "conv=notrunc,fdatasync", "count=0"]);
      } finally {
        await mount();
      }
    },
    async remove() {
      await unmount(path);
      rmSync(image);
    },
  };
}

function maker({ fileSystem, blockBytes, inodes }: VolumeSize, image: string): [string, string[]] {
  if (fileSystem === "btrfs") return ["mkfs.btrfs", ["-q", image]];
  // Without lazy initialisation, which would go on in the background while we measure.
  const options = [
    "-E",
    "lazy_itable_init=0,lazy_journal_init=0",
    "-m",
    "0",
    "-b",
    String(blockBytes ?? 4096),
  ];
  return ["mkfs.ext4", ["-q", "-F", ...options, "-N", String(inodes), image]];
}

/** What was just killed may take a moment to let go of it. */
async function unmount(path: string): Promise<void> {
  const isGone = () =>
    runTool("umount", [path]).then(
      () => true,
      () => false,
    );
  try {
    await waitUntil(isGone, { what: `umount ${path}` });
  } catch (error) {
    // Out of the way at least, so that removing our folder doesn't empty it file by file.
    await runTool("umount", ["--lazy", path]);
    throw error;
  }
}

/** Makes several, gives them to the work in the same order, and removes them whatever happens. */
export async function withVolumes<Result>(
  folder: string,
  sizes: Readonly<Record<string, VolumeSize>>,
  work: (...volumes: Volume[]) => Promise<Result>,
): Promise<Result> {
  refuseWithoutSpace(folder, Object.values(sizes));
  const volumes: Volume[] = [];
  try {
    for (const [name, size] of Object.entries(sizes)) volumes.push(await createVolume(folder, name, size));
    return await work(...volumes);
  } finally {
    await Promise.all(volumes.map((volume) => volume.remove()));
  }
}
