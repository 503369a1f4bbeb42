// What a run is asked to do, where its kind alone does not say it.
import { DRILL_BYTES, DRILL_FILES, type DrillOrder } from "./drill.ts";
import { parsePreview, parseTarget, type RestoreOrder, type RestorePreview } from "./restore.ts";
import { parseSnapshotName } from "./snapshot.ts";

/**
 * For runs of kind `prune`: empty the trash of what has been there long enough (or of everything, when room is needed), or
 * bring a snapshot back from there. For `discover`: record the history of another tool. Null is what the kind itself says.
 */
export type RunTask =
  | { readonly do: "empty-trash"; readonly all: boolean }
  | { readonly do: "restore-from-trash"; readonly snapshot: string }
  | ({ readonly do: "adopt" } & AdoptOrder)
  | ({ readonly do: "verify" } & VerifyOrder)
  | ({ readonly do: "drill" } & DrillOrder)
  | ({ readonly do: "restore" } & RestoreOrder & RestoreTerms);

/** How a restore was asked for by somebody who is not there while it is done. */
export interface RestoreTerms {
  /** It is only looked at; nothing is written. */
  readonly previewOnly?: true;
  /** What a person was shown and agreed to some time ago. It is looked at anew, and no more may be lost than that. */
  readonly agreed?: RestorePreview;
}

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

/** What of a host is read again. */
export interface VerifyOrder {
  /** Only what this snapshot shows; null: everything. */
  readonly snapshot: string | null;
  /** Only so many percent of the bytes, the longest unread first; null: all. */
  readonly percent: number | null;
  /** Only so many bytes, what was read or received the longest time ago first; null: all. Left out by older versions. */
  readonly bytes?: number | null;
  /** Only what has not been read for so long; null: whenever it was. */
  readonly olderThanSeconds: number | null;
  /** When it was asked for (milliseconds): what has been read since then need not be read once more. */
  readonly since: number;
  /** Only what an earlier verification found damaged. */
  readonly damagedOnly: boolean;
  /** Mend what proves to be damaged, where there is something to mend it from. */
  readonly repair: boolean;
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
  const number = (name: string): number | null =>
    typeof fields[name] === "number" ? (fields[name] as number) : null;
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
    case "verify":
      return {
        ...{
          do: "verify",
          snapshot: optional("snapshot"),
          percent: number("percent"),
          ...(number("bytes") === null ? {} : { bytes: number("bytes") }),
        },
        ...{ olderThanSeconds: number("olderThanSeconds"), since: number("since") ?? 0 },
        ...{ damagedOnly: fields.damagedOnly === true, repair: fields.repair === true },
      };
    case "drill":
      if (parseSnapshotName(text("snapshot")) === null) break;
      return {
        ...{ do: "drill", snapshot: text("snapshot"), seed: text("seed") },
        ...{ files: number("files") ?? DRILL_FILES, bytes: number("bytes") ?? DRILL_BYTES },
      };
    case "restore": {
      const target = parseTarget(fields.target);
      if (target === null || parseSnapshotName(text("snapshot")) === null) break;
      return {
        ...{ do: "restore", snapshot: text("snapshot"), path: text("path"), target },
        ...{ delete: fields.delete === true, yes: fields.yes === true, check: fields.check === true },
        ...{ preview: parsePreview(fields.preview), ...termsIn(fields) },
      };
    }
    default:
  }
  throw new Error(`A run is to do "${String(fields.do)}", which this version does not know.`);
}

function termsIn({ previewOnly, agreed }: Readonly<Record<string, unknown>>): RestoreTerms {
  const shown = parsePreview(agreed);
  return { ...(previewOnly === true ? { previewOnly } : {}), ...(shown === null ? {} : { agreed: shown }) };
}
