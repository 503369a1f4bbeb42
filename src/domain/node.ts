// Nodes: backup servers that share one database. Each has a backup root of its own and works on the hosts that are kept there.
import { Problem } from "./problem.ts";

/** The first server of a database, and the only one of most. Its root stands with the global configuration. */
export const MAIN_NODE = "main";

/** A backup server and where its backups live. */
export interface Node {
  readonly name: string;
  readonly backupRoot: string;
  /** Stands in the marker file too, so that another disk at the same place is noticed. */
  readonly rootId: string;
}

const NAME_MAX = 64;

/** Plain, as it stands in commands and messages: lower-case letters, digits, dots, dashes. Null when it is none. */
export const nodeName = (given: string): string | null =>
  given.length <= NAME_MAX && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(given) ? given : null;

/** The node of that name among those that are known. Refuses with `bad_input`. */
export function requireNode(given: unknown, known: readonly string[]): string {
  const found = known.find((name) => name === given);
  if (found !== undefined) return found;
  throw new Problem("bad_input", `There is no backup server ${JSON.stringify(given)}.`, {
    hint: `There are: ${known.join(", ")}. A new one is made on it: POBSYNC_NODE=NAME pobsync configure-global --backup-root PATH`,
  });
}
