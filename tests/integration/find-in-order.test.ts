// Pages of what was found follow each other in one order, however many folders there are and however oddly they are called.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Catalog, openCatalog } from "../../src/catalog/catalog.ts";
import { findPaths } from "../../src/catalog/find.ts";
import { beginIndexing } from "../../src/catalog/indexing.ts";
import type { EntryFacts } from "../../src/domain/entry.ts";
import { parseNamePattern } from "../../src/domain/name-pattern.ts";
import { below, seededRandom } from "../support/random.ts";

let folder: string;
let catalog: Catalog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pobsync-find-in-order-"));
  catalog = openCatalog(join(folder, "catalog"), "write");
});
afterEach(() => {
  catalog.close();
  rmSync(folder, { recursive: true });
});

const facts = (type: "d" | "f"): EntryFacts => ({
  ...{ type, size: 0, mtimeSeconds: 0, mtimeNanoseconds: 0, mode: 0o644, uid: 0, gid: 0 },
  ...{ target: null, inode: null, blocks: 0 },
});

/** Letters before and behind the slash in the order of bytes, and bytes that are no text. */
const LETTERS = ["a", "b", "-", " ", "~", "ü", "\xff"];

/** Folders with a file in each second one. */
function plant(count: number): Buffer[] {
  const random = seededRandom(count);
  const folders = [""];
  while (folders.length < count) {
    const parent = folders[below(random, folders.length)] ?? "";
    const name = Array.from(
      { length: 1 + below(random, 3) },
      () => LETTERS[below(random, LETTERS.length)],
    ).join("");
    const path = parent === "" ? name : `${parent}/${name}`;
    if (!folders.includes(path)) folders.push(path);
  }
  const indexing = beginIndexing(catalog, "only", 1);
  const files: Buffer[] = [];
  const bytes = (path: string) => Buffer.from(path, path.includes("\xff") ? "latin1" : "utf8");
  for (const [at, path] of folders.entries()) {
    if (path !== "") indexing.isThere(bytes(path), facts("d"), null);
    if (at % 2 !== 0) continue;
    const file = Buffer.concat([bytes(path), Buffer.from(`${path === "" ? "" : "/"}needle`)]);
    indexing.isThere(file, facts("f"), null);
    files.push(Buffer.concat([Buffer.from("/"), file]));
  }
  indexing.commit("walk");
  return files;
}

it.each([
  [60, "needle"],
  [60, "/needle"],
  [3000, "needle"],
  [3000, "/needle"],
])("of %i folders, for %s", (count, pattern) => {
  const planted = plant(count);
  const found: Buffer[] = [];
  for (;;) {
    const page = findPaths(
      catalog,
      parseNamePattern(pattern),
      7 + Math.floor(count / 50),
      found.at(-1) ?? null,
    );
    if (page.length === 0) break;
    found.push(...page.map(({ path }) => path));
  }
  expect(found.map((path) => path.toString("hex"))).toEqual(
    planted
      .sort((one, other) => Buffer.compare(one.subarray(0, -6), other.subarray(0, -6)))
      .map((path) => path.toString("hex")),
  );
});
