// Where a snapshot came from that another tool made, as its snapshot.json says it.

/** What was adopted. Paths are text; `hostPath` is what the tree is of on the host. */
export interface Adopted {
  readonly tool: string;
  /** The tree, as the other tool had it. */
  readonly path: string;
  readonly hostPath: string;
  /** True: it was moved into the backup root. False: it still lies where the other tool made it. */
  readonly moved: boolean;
  /** By which a tree that took its place is told apart from it; null in metadata that does not say. */
  readonly inode: number | null;
  /** The backup that it belongs to, as a folder of the other tool's. */
  readonly folder: string | null;
}

/** Reads what a snapshot.json says; null for anything that names no tree. */
export function parseAdopted(value: unknown): Adopted | null {
  if (typeof value !== "object" || value === null) return null;
  const { tool, path, hostPath, moved, inode, folder } = value as Record<string, unknown>;
  if (!isPath(path) || !isPath(hostPath)) return null;
  return {
    tool: typeof tool === "string" ? tool : "unknown",
    path,
    hostPath,
    // Without a word about it, the tree is another tool's, and nothing of ours may remove it.
    moved: moved === true,
    inode: typeof inode === "number" ? inode : null,
    folder: isPath(folder) ? folder : null,
  };
}

/** As `parseAbsolutePath` takes it: nothing in it leads out of where it is joined to. */
const isPath = (given: unknown): given is string =>
  typeof given === "string" && given.startsWith("/") && !/(^|\/)\.\.?(\/|$)/.test(given);
