// What walking over a snapshot says, in the same lines as what its catalog says.
import { spawnSync } from "node:child_process";
import { closeSync, lstatSync, openSync, readlinkSync } from "node:fs";
import { type Catalog, indexedSnapshots } from "../../src/catalog/catalog.ts";
import { entriesIn, type Version } from "../../src/catalog/look-ups.ts";
import type { EntryFacts } from "../../src/domain/entry.ts";
import { pathText } from "./path-text.ts";
import { joinBytes, pathsBelow } from "./tree-paths.ts";

const TYPES: Record<number, EntryFacts["type"]> = {
  ...{ 1: "p", 2: "c", 4: "d", 6: "b", 8: "f", 10: "l", 12: "s" },
};

const line = (path: Buffer, facts: Omit<EntryFacts, "inode" | "blocks">): string =>
  [
    ...[pathText(path), facts.type, facts.size, `${facts.mtimeSeconds}.${facts.mtimeNanoseconds}`],
    ...[
      facts.mode.toString(8),
      facts.uid,
      facts.gid,
      facts.target === null ? "" : pathText(Buffer.from(facts.target)),
    ],
  ].join(" | ");

/** Every entry below a folder, from the disk, in order. */
export const walkedLines = (data: string): string[] =>
  pathsBelow(data)
    .map(({ relative, absolute }) => {
      const stat = lstatSync(absolute, { bigint: true });
      const type = TYPES[Number(stat.mode >> 12n)] ?? "f";
      const seconds = stat.mtimeNs / 1_000_000_000n - (stat.mtimeNs % 1_000_000_000n < 0n ? 1n : 0n);
      return line(relative, {
        ...{ type, size: type === "d" ? 0 : Number(stat.size) },
        mtimeSeconds: Number(seconds),
        mtimeNanoseconds: Number(stat.mtimeNs - seconds * 1_000_000_000n),
        ...{ mode: Number(stat.mode & 0o7777n), uid: Number(stat.uid), gid: Number(stat.gid) },
        target: type === "l" ? readlinkSync(absolute, { encoding: "buffer" }) : null,
      });
    })
    .sort();

/** The same from the catalog, which is asked folder by folder, a few entries at a time. */
export function cataloguedLines(catalog: Catalog, snapshot: string): string[] {
  const seq = indexedSnapshots(catalog).find(({ name }) => name === snapshot)?.seq;
  if (seq === undefined) return [`${snapshot} is not indexed`];
  return [...everyEntry(catalog, seq, Buffer.alloc(0))].map(([path, entry]) => line(path, entry)).sort();
}

function* everyEntry(catalog: Catalog, seq: number, folder: Buffer): Generator<[Buffer, Version]> {
  let after = Buffer.alloc(0);
  for (;;) {
    const page = entriesIn(catalog, folder, seq, 7, after);
    for (const { name, version } of page) {
      const path = folder.length === 0 ? Buffer.from(name) : joinBytes(folder, Buffer.from(name));
      yield [path, version];
      if (version.type === "d") yield* everyEntry(catalog, seq, path);
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = Buffer.from(last.name);
  }
}

/** Files of a snapshot whose checksum in the catalog is missing, or not that of their content. */
export function wrongChecksums(catalog: Catalog, snapshot: string, data: string): string[] {
  const seq = indexedSnapshots(catalog).find(({ name }) => name === snapshot)?.seq ?? Number.NaN;
  return [...everyEntry(catalog, seq, Buffer.alloc(0))].flatMap(([path, { type, checksum }]) => {
    if (type !== "f") return [];
    const known = checksum === null ? "none" : Buffer.from(checksum.value).toString("hex");
    const real = xxh128(joinBytes(data, path));
    return known === real ? [] : [`${pathText(path)}: ${known}, but it is ${real}`];
  });
}

function xxh128(path: Buffer): string {
  const file = openSync(path, "r");
  try {
    const { stdout } = spawnSync("xxhsum", ["-H2", "-"], { stdio: [file, "pipe", "inherit"] });
    return stdout.toString().slice(0, 32);
  } finally {
    closeSync(file);
  }
}
