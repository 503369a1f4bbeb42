// A folder for one run's sockets and known_hosts: short name, mode 0700, gone afterwards, also after a crash.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

/** Short on purpose: with the name that ssh adds, a socket's path may have 104 bytes at most. */
const PARENT = "/tmp";
const NAME = /^pobsync-(\d+)-[A-Za-z0-9]{6}$/;

export async function makePrivateFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  await sweepAfterTheDead();
  const path = await mkdtemp(join(PARENT, `pobsync-${process.pid}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A process that was killed could not remove its folder, so the next one does. Other users' folders refuse by themselves. */
async function sweepAfterTheDead(): Promise<void> {
  for (const name of await readdir(PARENT)) {
    const pid = Number(NAME.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isAlive(pid))
      await rm(join(PARENT, name), { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
