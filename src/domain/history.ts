// A host's history as a person looks at it: entries, versions, changes. Paths and names are bytes.
import type { Checksum, EntryFacts } from "./entry.ts";
import type { ProblemFacts } from "./problem.ts";

/** What lies at an absolute path in a snapshot. */
export interface Entry extends EntryFacts {
  readonly path: Uint8Array;
  readonly checksum: Checksum | null;
}

/** A part of a list. `next` is the cursor with which the following part begins; null after the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** A path that snapshots of a host still have, as it is in the newest of them. The snapshots are names. */
export interface FoundEntry extends Entry {
  readonly host: string;
  readonly firstSnapshot: string;
  readonly lastSnapshot: string;
  /** The newest snapshot has it no more. */
  readonly deleted: boolean;
  readonly versions: number;
}

/** A host whose history could not be looked into. */
export interface SkippedHost {
  readonly host: string;
  readonly problem: ProblemFacts;
}

/** What lay at a path for so many snapshots, from the first to the last. */
export interface EntryVersion extends EntryFacts {
  readonly checksum: Checksum | null;
  readonly firstSnapshot: string;
  readonly lastSnapshot: string;
  readonly snapshots: number;
}

/** In what two versions differ that can be seen: `content` by size or checksum, `owner` also the group. */
export type Difference = "type" | "content" | "target" | "time" | "mode" | "owner";

/** What is other in the second of two snapshots. */
export interface EntryChange {
  readonly path: Uint8Array;
  readonly before: EntryFacts | null;
  readonly after: EntryFacts | null;
  /** Empty when it was added or removed. */
  readonly differs: readonly Difference[];
}

/** Of all changes, also those that are on another page. Bytes are those of files: what they have now, what they had before. */
export interface ChangeSummary {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export function summaryOf(changes: Iterable<Pick<EntryChange, "before" | "after">>): ChangeSummary {
  const summary = { added: 0, removed: 0, changed: 0, bytesBefore: 0, bytesAfter: 0 };
  for (const { before, after } of changes) {
    summary[before === null ? "added" : after === null ? "removed" : "changed"] += 1;
    if (before?.type === "f") summary.bytesBefore += before.size;
    if (after?.type === "f") summary.bytesAfter += after.size;
  }
  return summary;
}

/** What a snapshot changed against the one before it, in entries of every type. */
export interface SnapshotChanges {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Of the files among those that came or changed; apparent sizes. */
  readonly bytes: number;
  /** The largest files among them, the largest first. Paths are text. */
  readonly largest: readonly {
    readonly path: string;
    readonly change: "added" | "changed";
    readonly size: number;
  }[];
}
