// From what was found in a host's history to the shapes of the contract.
import type { Comparison, Listing } from "../actions/look-into-history.ts";
import type {
  ComparisonJson,
  EntryJson,
  FindingsJson,
  ListingJson,
  VersionListJson,
} from "../contract/types.ts";
import type { Checksum, EntryFacts, EntryType } from "../domain/entry.ts";
import type { Entry, EntryVersion, FoundEntry, Page, SkippedHost } from "../domain/history.ts";
import { pathText } from "../domain/path-text.ts";
import { modeDigits } from "./mode-digits.ts";

const TYPE_WORDS: Readonly<Record<EntryType, EntryJson["type"]>> = {
  ...{ f: "file", d: "directory", l: "symlink" },
  ...{ b: "block-device", c: "character-device", p: "fifo", s: "socket" },
};

const LAST_YEAR = 9999;

function mtimeJson({ mtimeSeconds, mtimeNanoseconds }: EntryFacts): string | null {
  const mtime = new Date(mtimeSeconds * 1000 + Math.floor(mtimeNanoseconds / 1_000_000));
  const year = mtime.getUTCFullYear();
  return year >= 0 && year <= LAST_YEAR ? mtime.toISOString() : null;
}

const factsJson = (entry: EntryFacts & { readonly checksum: Checksum | null }): Omit<EntryJson, "path"> => ({
  type: TYPE_WORDS[entry.type],
  size: entry.size,
  mtime: mtimeJson(entry),
  mtimeSeconds: entry.mtimeSeconds,
  mtimeNanoseconds: entry.mtimeNanoseconds,
  mode: modeDigits(entry.mode),
  uid: entry.uid,
  gid: entry.gid,
  target: entry.target === null ? null : pathText(entry.target),
  checksum:
    entry.checksum === null
      ? null
      : { algorithm: entry.checksum.algorithm, value: Buffer.from(entry.checksum.value).toString("hex") },
});

export const entryJson = (entry: Entry): EntryJson => ({ path: pathText(entry.path), ...factsJson(entry) });

export const listingJson = ({ items, next, snapshot }: Listing): ListingJson => ({
  items: items.map(entryJson),
  next,
  snapshot: snapshot.name,
});

export const findingsJson = (found: Page<FoundEntry>, skipped: readonly SkippedHost[]): FindingsJson => ({
  items: found.items.map((entry) => ({
    ...entryJson(entry),
    host: entry.host,
    firstSnapshot: entry.firstSnapshot,
    lastSnapshot: entry.lastSnapshot,
    deleted: entry.deleted,
    versions: entry.versions,
  })),
  next: found.next,
  skipped: skipped.map(({ host, problem }) => ({ host, problem: { ...problem } })),
});

export const versionsJson = ({ items, next }: Page<EntryVersion>): VersionListJson => ({
  items: items.map((version) => ({
    ...factsJson(version),
    firstSnapshot: version.firstSnapshot,
    lastSnapshot: version.lastSnapshot,
    snapshots: version.snapshots,
  })),
  next,
});

export const comparisonJson = ({ items, next, from, to, summary }: Comparison): ComparisonJson => ({
  items: items.map(({ path, before, after, differs }) => ({
    path: pathText(path),
    change: before === null ? "added" : after === null ? "removed" : "changed",
    type: TYPE_WORDS[(after ?? before)?.type ?? "f"],
    sizeBefore: before?.size ?? null,
    sizeAfter: after?.size ?? null,
    differs: [...differs],
  })),
  next,
  from: from.name,
  to: to.name,
  summary: { ...summary },
});
