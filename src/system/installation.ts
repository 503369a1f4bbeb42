// How this program came onto the machine, for advice that fits.
import { existsSync, realpathSync } from "node:fs";
import { dirname } from "node:path";

export const INSTALLATIONS = ["container", "debian", "npm", "checkout"] as const;
export type Installation = (typeof INSTALLATIONS)[number];

/** Where the Debian package puts it. */
const DEBIAN_FOLDER = "/usr/lib/pobsync";
/** What Docker and Podman leave in every container. */
const CONTAINER_MARKS = ["/.dockerenv", "/run/.containerenv"];

/** @param program the file that was started, as in `process.argv[1]` */
export function findInstallation(program: string): Installation {
  const folder = dirname(dirname(existsSync(program) ? realpathSync(program) : program));
  return wayOf(folder, CONTAINER_MARKS.some(existsSync));
}

export function wayOf(folder: string, isContainer: boolean): Installation {
  if (folder === DEBIAN_FOLDER) return "debian";
  if (folder.endsWith("/node_modules/pobsync")) return "npm";
  return isContainer ? "container" : "checkout";
}
