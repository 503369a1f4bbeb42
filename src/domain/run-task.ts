// What a run is asked to do, where its kind alone does not say it.
import { parseSnapshotName } from "./snapshot.ts";

/**
 * For runs of kind `prune`: empty the trash of what has been there long enough (or of everything, when room is needed), or
 * bring a snapshot back from there. For `discover`: record the history of another tool. Null is what the kind itself says.
 */
export type RunTask =
  | { readonly do: "empty-trash"; readonly all: boolean }
  | { readonly do: "restore-from-trash"; readonly snapshot: string }
  | ({ readonly do: "adopt" } & AdoptOrder);

/** Where another tool's history lies, and how its trees are to be taken. */
export interface AdoptOrder {
  readonly tool: string;
  readonly dir: string;
  /** Folder of each tree below what the tool makes; null: as the tool has it. */
  readonly tree: string | null;
  /** What the trees are of, on the host; null: as the tool says. */
  readonly hostPath: string | null;
  /** Of times in names that say none themselves. */
  readonly timeZone: string;
  /** Move the trees into the backup root, where they become snapshots like any other. */
  readonly move: boolean;
}

/** A stored task. Our own writes are checked, so anything else means a damaged row: it throws. */
export function parseRunTask(value: unknown): RunTask | null {
  if (value === null || value === undefined) return null;
  const fields = value as Record<string, unknown>;
  const text = (name: string): string => {
    const found = fields[name];
    if (typeof found === "string") return found;
    throw new Error(`A stored task lacks its ${name}.`);
  };
  const optional = (name: string): string | null => (typeof fields[name] === "string" ? text(name) : null);
  switch (fields.do) {
    case "empty-trash":
      return { do: "empty-trash", all: fields.all === true };
    case "restore-from-trash":
      if (parseSnapshotName(text("snapshot")) === null) break;
      return { do: "restore-from-trash", snapshot: text("snapshot") };
    case "adopt":
      return {
        ...{ do: "adopt", tool: text("tool"), dir: text("dir"), timeZone: text("timeZone") },
        ...{ tree: optional("tree"), hostPath: optional("hostPath"), move: fields.move === true },
      };
    default:
  }
  throw new Error(`A run is to do "${String(fields.do)}", which this version does not know.`);
}
