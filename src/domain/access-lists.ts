// How access control lists come from a host: by themselves, or as the attributes in which Linux keeps them.
import type { Settings } from "./settings.ts";

/** What the probe has found out about the other side. */
export interface OtherSide {
  readonly isLinux: boolean;
  /** Null for rsync before 3.2, which agrees on none. */
  readonly checksum: string | null;
}

/** By these somebody has said how attributes and lists are to be kept. */
const SAID = new Set(["--acls", "-A", "--no-acls", "--no-A", "--no-xattrs", "--no-X", "--fake-super"]);

/**
 * Whether the lists come among the attributes, which rsync then does not ask for one by one: of each entry it would read the list
 * (of a folder two), and its mode once more where there is none, on both sides.
 *
 * Both sides have to be Linux, and whoever writes has to be root, as nobody else gives such attributes to all files. The other rsync
 * has to know rules about attributes (3.1.3; from 3.2 on it says which checksum was agreed on, by which it is told from older ones).
 */
export const comeAsAttributes = (
  { isLinux, checksum }: OtherSide,
  { rsyncArgs }: Pick<Settings, "rsyncArgs">,
  isRoot: boolean,
): boolean => isLinux && checksum !== null && isRoot && !rsyncArgs.some((option) => SAID.has(option));
