// Programs that may take their time: whoever backs up or restores meanwhile comes first.
import { existsSync } from "node:fs";

const IONICE = "/usr/bin/ionice";

/**
 * The same program with the lowest claim to processor and disk.
 *
 * Best effort at its lowest level, not the idle class: under a steady load that one would never come to its turn. Where
 * priorities may not be set, as in some containers, the program runs all the same (-t).
 */
export const calmly = (argv: readonly string[]): string[] => [
  ...["nice", "-n", "10"],
  ...(existsSync(IONICE) ? [IONICE, "-t", "-c", "2", "-n", "7"] : []),
  ...argv,
];
