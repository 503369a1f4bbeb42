// A host's history: entries of snapshots, versions of paths, changes between two snapshots.
import { z } from "zod";
import { count, instant, ProblemShape } from "./runs.ts";

/** As `stat` and most tools call them. */
const entryType = z.enum([
  "file",
  "directory",
  "symlink",
  "block-device",
  "character-device",
  "fifo",
  "socket",
]);

/** What is known of an entry apart from its path. Paths and targets are text: `\\`, `\n`, `\t`, `\r` and `\xHH` are escapes. */
const facts = {
  type: entryType,
  size: count.describe("Bytes, apparent; 0 for directories."),
  mtime: instant
    .nullable()
    .describe("To the millisecond, downwards; null for a year that ISO 8601 has not four digits for."),
  mtimeSeconds: z
    .int()
    .describe("The same exactly: whole seconds since 1970, downwards, and the nanoseconds after them."),
  mtimeNanoseconds: count,
  mode: z.string().describe('Permission bits with set-uid, set-gid and sticky as four octal digits: "0644".'),
  uid: count,
  gid: count,
  target: z.string().nullable().describe("Where a symlink points."),
  checksum: z
    .object({ algorithm: z.literal("xxh128"), value: z.string() })
    .nullable()
    .describe("In hexadecimal; null where none was computed."),
};

export const EntryShape = z.object({ path: z.string(), ...facts });

/** `ls`: the entries of a directory by the bytes of their names, or the one entry that lies there. */
export const ListingShape = z.object({
  items: z.array(EntryShape),
  next: z.string().nullable(),
  snapshot: z.string(),
});

/** `find`: host by host, directory by directory; each path as it is in the newest snapshot that has it. */
export const FindingsShape = z.object({
  items: z.array(
    EntryShape.extend({
      host: z.string(),
      firstSnapshot: z.string(),
      lastSnapshot: z.string(),
      deleted: z.boolean().describe("The newest snapshot has it no more."),
      versions: count,
    }),
  ),
  next: z.string().nullable(),
  skipped: z
    .array(z.object({ host: z.string(), problem: ProblemShape }))
    .describe("Hosts that could not be looked into."),
});

/** `versions`: newest first. `snapshots` is in how many it lies, from the first to the last. */
export const VersionListShape = z.object({
  items: z.array(
    z.object({ ...facts, firstSnapshot: z.string(), lastSnapshot: z.string(), snapshots: count }),
  ),
  next: z.string().nullable(),
});

/** `diff`: by the bytes of paths. `from` and `to` are the two snapshots. */
export const ComparisonShape = z.object({
  items: z.array(
    z.object({
      path: z.string(),
      change: z.enum(["added", "removed", "changed"]),
      /** What it is now; what it was, when it was removed. */
      type: entryType,
      sizeBefore: count.nullable(),
      sizeAfter: count.nullable(),
      differs: z
        .array(z.enum(["type", "content", "target", "time", "mode", "owner"]))
        .describe("What of a changed one. `content`: its size or checksum."),
    }),
  ),
  next: z.string().nullable(),
  from: z.string(),
  to: z.string(),
  /** Of all changes, also those on other pages; bytes are those of what is listed, in each of the two. */
  summary: z.object({
    added: count,
    removed: count,
    changed: count,
    bytesBefore: count,
    bytesAfter: count,
  }),
});
