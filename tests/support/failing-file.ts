// A file of which a disk gives only the beginning, as when its surface is bad. Root only, and loop devices must be allowed.
import { statfsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withSmallDisk } from "./small-disk.ts";
import { runTool } from "./tool.ts";

/**
 * Lets a file fail for as long as `use` takes: a mount puts another one in its place, with the same content, whose disk ends
 * before the file does. What lies behind that cannot be read (EIO).
 *
 * @param path an existing file, which is the same again afterwards
 * @param content of both
 * @param readableBytes so much of it can be read, give or take a block
 */
export async function withFailingFile<Result>(
  path: string,
  content: Buffer,
  readableBytes: number,
  use: () => Promise<Result>,
): Promise<Result> {
  return withSmallDisk({ megabytes: 8 }, async (disk) => {
    const bad = join(disk, "bad");
    writeFileSync(bad, content, { flush: true });
    await runTool("sync", ["--file-system", bad]);
    const image = join(dirname(disk), "image");
    const { bsize } = statfsSync(disk);
    const block = await runTool("debugfs", ["-R", `bmap bad ${Math.ceil(readableBytes / bsize)}`, image]);
    // What the kernel still has of it would be given without asking the disk.
    await runTool("dd", [`if=${bad}`, "iflag=nocache", "count=0", "status=none"]);
    await runTool("truncate", [`--size=${Number(block) * bsize}`, image]);
    await runTool("mount", ["--bind", bad, path]);
    try {
      return await use();
    } finally {
      await runTool("umount", [path]);
    }
  });
}
