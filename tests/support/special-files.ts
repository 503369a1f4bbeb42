// Files that are no files: pipes, sockets and devices.
import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runTool } from "./tool.ts";

/** Plants one of each kind in a new folder. Reading the fifo would hang; the devices belong to no driver. */
export async function plantSpecialFiles(folder: string): Promise<void> {
  mkdirSync(folder);
  await runTool("mkfifo", ["-m", "0640", join(folder, "fifo")]);
  await runTool("mknod", ["-m", "0600", join(folder, "character device"), "c", "240", "5"]);
  // Numbers over 255 are split over the bits of a device number.
  await runTool("mknod", ["-m", "0660", join(folder, "block device"), "b", "300", "70000"]);
  await plantSocket(folder, "socket");
}

/** A socket that nobody listens on any more, as a stopped server leaves it. */
async function plantSocket(folder: string, name: string): Promise<void> {
  // The path of a socket has at most 107 bytes, so the folder is reached through a short link.
  const short = mkdtempSync(join(tmpdir(), "s-"));
  symlinkSync(resolve(folder), join(short, "to"));
  const server = createServer();
  server.listen(join(short, "to", "listening"));
  await once(server, "listening");
  // Node removes a socket's file by its name when the server closes.
  renameSync(join(folder, "listening"), join(folder, name));
  server.close();
  await once(server, "close");
  rmSync(short, { recursive: true });
}
