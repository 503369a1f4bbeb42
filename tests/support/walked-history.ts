// What looking into a host's history must answer, found by walking over its snapshots, with code of its own.
import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import type { ComparisonJson, EntryJson, FindingsJson, VersionListJson } from "../../src/contract/types.ts";
import type { BackupSite } from "./backup-site.ts";
import { pathText } from "./path-text.ts";
import { pathsBelow } from "./tree-paths.ts";

type ChangeJson = ComparisonJson["items"][number];
type FoundEntryJson = FindingsJson["items"][number];
export type VersionJson = VersionListJson["items"][number];

export type WalkedEntry = Pick<EntryJson, "path" | "type" | "size" | "mode" | "uid" | "gid" | "target"> & {
  /** Nanoseconds since 1970. */
  mtime: bigint;
  /** A digest of a file's bytes. */
  content: string | null;
  /** Of the path, to sort by. */
  bytes: Buffer;
};

export type WalkedSnapshot = { name: string; entries: Map<string, WalkedEntry> };

const TYPES: Readonly<Record<number, EntryJson["type"]>> = {
  ...{ 1: "fifo", 2: "character-device", 4: "directory", 6: "block-device" },
  ...{ 8: "file", 10: "symlink", 12: "socket" },
};

/** Every snapshot of a host that lies on the disk, oldest first. Names tell that to the second only. */
export const walkSnapshots = (site: BackupSite, host: string): WalkedSnapshot[] =>
  site
    .onDisk(host, "snapshots")
    .map((name) => ({ name, startedAt: startOf(site.pathOf(host, "snapshots", name)) }))
    .sort((one, other) => one.startedAt - other.startedAt)
    .map(({ name }) => ({ name, entries: walkEntries(site.pathOf(host, "snapshots", name, "data")) }));

const startOf = (folder: string): number =>
  Date.parse(JSON.parse(readFileSync(`${folder}/snapshot.json`, "utf8")).startedAt);

function walkEntries(data: string): Map<string, WalkedEntry> {
  const found = new Map<string, WalkedEntry>();
  for (const { relative, absolute } of pathsBelow(data)) {
    const stat = lstatSync(absolute, { bigint: true });
    const type = TYPES[Number(stat.mode >> 12n)] ?? "file";
    const bytes = Buffer.concat([Buffer.from("/"), relative]);
    const path = pathText(bytes);
    found.set(path, {
      ...{ path, bytes, type, size: type === "directory" ? 0 : Number(stat.size), mtime: stat.mtimeNs },
      ...{
        mode: Number(stat.mode & 4095n)
          .toString(8)
          .padStart(4, "0"),
        uid: Number(stat.uid),
        gid: Number(stat.gid),
      },
      target: type === "symlink" ? pathText(readlinkSync(absolute, { encoding: "buffer" })) : null,
      content: type === "file" ? createHash("sha1").update(readFileSync(absolute)).digest("hex") : null,
    });
  }
  return found;
}

/** The entries of one folder ("" is the root), in the order of their bytes. */
export const entriesOf = ({ entries }: WalkedSnapshot, folder: string): WalkedEntry[] =>
  [...entries.values()].filter(({ path }) => path.slice(0, path.lastIndexOf("/")) === folder).sort(byBytes);

const byBytes = (one: WalkedEntry, other: WalkedEntry): number => Buffer.compare(one.bytes, other.bytes);

type Fact = ChangeJson["differs"][number];

function differencesOf(one: WalkedEntry, other: WalkedEntry): Fact[] {
  if (one.type !== other.type) return ["type"];
  const is: Record<Exclude<Fact, "type">, boolean> = {
    content: one.content !== other.content,
    target: one.target !== other.target,
    time: one.mtime !== other.mtime,
    mode: one.mode !== other.mode,
    owner: one.uid !== other.uid || one.gid !== other.gid,
  };
  return (Object.keys(is) as (keyof typeof is)[]).filter((fact) => is[fact]);
}

/** Time of a folder aside, which changes with its entries. */
export const changesBetween = (from: WalkedSnapshot, to: WalkedSnapshot): ChangeJson[] =>
  [...new Map([...from.entries, ...to.entries]).values()].sort(byBytes).flatMap(({ path }): ChangeJson[] => {
    const [before, after] = [from.entries.get(path), to.entries.get(path)];
    const type = (after ?? before)?.type ?? "file";
    const sizes = { sizeBefore: before?.size ?? null, sizeAfter: after?.size ?? null };
    if (before === undefined) return [{ path, change: "added", type, ...sizes, differs: [] }];
    if (after === undefined) return [{ path, change: "removed", type, ...sizes, differs: [] }];
    const differs = differencesOf(before, after);
    const isSame = differs.every((fact) => type === "directory" && fact === "time");
    return isSame ? [] : [{ path, change: "changed", type, ...sizes, differs }];
  });

export type WalkedVersion = { entry: WalkedEntry; first: string; last: string; snapshots: number };

/** What lay at a path, newest first. */
export function versionsOf(snapshots: readonly WalkedSnapshot[], path: string): WalkedVersion[] {
  const found: WalkedVersion[] = [];
  let later: WalkedEntry | undefined;
  for (const { name, entries } of snapshots.toReversed()) {
    const entry = entries.get(path);
    const last = found.at(-1);
    if (entry !== undefined && later !== undefined && last && differencesOf(entry, later).length === 0) {
      last.first = name;
      last.snapshots += 1;
    } else if (entry !== undefined) found.push({ entry, first: name, last: name, snapshots: 1 });
    later = entry;
  }
  return found;
}

/** Paths of all snapshots, folder by folder in the order of their bytes. */
export function everyPath(snapshots: readonly WalkedSnapshot[]): string[] {
  const entries = new Map(snapshots.flatMap((one) => [...one.entries]));
  const key = ({ bytes }: WalkedEntry): [Buffer, Buffer] => {
    const at = bytes.lastIndexOf("/") + 1;
    return [bytes.subarray(0, at), bytes.subarray(at)];
  };
  const inOrder = [...entries.values()].sort((one, other) => {
    const [[folder, name], [otherFolder, otherName]] = [key(one), key(other)];
    return Buffer.compare(folder, otherFolder) || Buffer.compare(name, otherName);
  });
  return inOrder.map(({ path }) => path);
}

/** Facts of a walked entry in the words of the contract, but for the checksum. */
export const walkedFacts = ({ bytes: _, content: __, ...facts }: WalkedEntry) => facts;

/** The same of what pobsync says. */
export const saidFacts = ({ path, type, size, mode, uid, gid, target, ...said }: EntryJson) => ({
  ...{ path, type, size, mode, uid, gid, target },
  mtime: BigInt(said.mtimeSeconds) * 1_000_000_000n + BigInt(said.mtimeNanoseconds),
});

export const saidVersion = (said: VersionJson) => ({
  ...saidFacts({ path: "", ...said }),
  ...{ first: said.firstSnapshot, last: said.lastSnapshot, snapshots: said.snapshots },
});

export const walkedVersion = ({ entry, ...seen }: WalkedVersion) => ({
  ...{ ...walkedFacts(entry), path: "" },
  ...seen,
});

/** What `find` says of a path, from the walk. */
export function walkedFinding(snapshots: readonly WalkedSnapshot[], path: string) {
  const versions = versionsOf(snapshots, path);
  const [newest] = versions;
  if (newest === undefined) throw new Error(`${path} is in no snapshot`);
  return {
    ...walkedFacts(newest.entry),
    ...{ first: versions.at(-1)?.first, last: newest.last, versions: versions.length },
    deleted: newest.last !== snapshots.at(-1)?.name,
  };
}

export const saidFinding = (said: FoundEntryJson) => ({
  ...saidFacts(said),
  ...{ first: said.firstSnapshot, last: said.lastSnapshot, versions: said.versions, deleted: said.deleted },
});
