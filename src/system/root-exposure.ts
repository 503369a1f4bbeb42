// How the disk of a backup root is mounted, and who may look into it.
import { stat } from "node:fs/promises";
import { mountOptionsOf } from "./mounts-below.ts";

/** How far what lies in a root can reach beyond it. */
export async function rootExposure(
  root: string,
): Promise<{ readonly mountOptions: readonly string[]; readonly isOpen: boolean }> {
  const { mode } = await stat(root);
  return { mountOptions: await mountOptionsOf(root), isOpen: (mode & 0o077) !== 0 };
}
