// How this program came onto the machine, for advice that fits.
import { existsSync, realpathSync } from "node:fs";
import { dirname } from "node:path";

export type Installation = "container" | "debian" | "npm" | "checkout";

/** Where the Debian package and the image put it: see packaging/ and Dockerfile. */
const FOLDERS: Readonly<Record<string, Installation>> = {
  "/usr/lib/pobsync": "debian",
  "/usr/local/lib/pobsync": "container",
};

/** @param program the file that was started, as in `process.argv[1]` */
export const findInstallation = (program: string): Installation =>
  wayOf(dirname(dirname(existsSync(program) ? realpathSync(program) : program)));

/** A checkout in somebody's container is a checkout. */
export const wayOf = (folder: string): Installation =>
  FOLDERS[folder] ?? (folder.endsWith("/node_modules/pobsync") ? "npm" : "checkout");
