// A catalog of many days: what it says a folder had then, and what is left of names that no snapshot has any more.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Catalog,
  forgetSnapshot,
  indexedSnapshots,
  openCatalog,
  PLACES_A_MILLISECOND,
  purge,
} from "../../src/catalog/catalog.ts";
import { beginIndexing } from "../../src/catalog/indexing.ts";
import { entriesIn } from "../../src/catalog/look-ups.ts";
import { entriesAt } from "../../src/catalog/sample.ts";
import type { EntryFacts } from "../../src/domain/entry.ts";
import { below, seededRandom, shuffled } from "../support/random.ts";

let folder: string;
let catalog: Catalog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pobsync-catalog-folders-"));
  catalog = openCatalog(join(folder, "catalog"), "write");
});
afterEach(() => {
  catalog.close();
  rmSync(folder, { recursive: true });
});

const FIRST_HOUR = Date.parse("2026-08-16T02:00:00Z");
const placeOf = (hour: number): number => (FIRST_HOUR + hour * 3_600_000) * PLACES_A_MILLISECOND;
const nameOf = (hour: number): string => `snapshot ${hour}`;
const facts = (type: "d" | "f", size: number): EntryFacts => ({
  ...{ type, size, mtimeSeconds: size, mtimeNanoseconds: 0, mode: 0o644, uid: 0, gid: 0 },
  ...{ target: null, inode: type === "d" ? null : size, blocks: 8 },
});

/** Paths with the sizes of files; folders have none. */
type Tree = ReadonlyMap<string, number | null>;

const tell = (hour: number, tree: Tree, gone: Iterable<string> | "the rest"): void => {
  const indexing = beginIndexing(catalog, nameOf(hour), placeOf(hour));
  for (const [path, size] of tree)
    indexing.isThere(Buffer.from(path), facts(size === null ? "d" : "f", size ?? 0), null);
  if (gone === "the rest") indexing.restIsGone();
  else for (const path of gone) indexing.isGone(Buffer.from(path));
  for (const at of new Set(
    [...tree.keys()].map((path) => path.slice(0, Math.max(0, path.lastIndexOf("/")))),
  )) {
    const there = [...treeBelow(tree, at)].sort();
    // Of the newest snapshot only what changed was told.
    if (gone === "the rest") expect(indexing.countIn(Buffer.from(at)), at).toBe(there.length);
  }
  indexing.commit("walk");
};

const treeBelow = (tree: Tree, at: string): string[] =>
  [...tree.keys()].filter((path) => path.slice(0, Math.max(0, path.lastIndexOf("/"))) === at);

/** A third of some names in four folders, one of which comes and goes. */
function anyTree(random: () => number): Tree {
  const folders = ["a", "b", "b/c", ...(random() < 0.5 ? ["comes and goes"] : [])];
  const tree = new Map<string, number | null>(folders.map((path) => [path, null]));
  for (const at of ["", ...folders])
    for (let number = 0; number < 12; number += 1)
      if (random() < 0.33) tree.set(`${at}${at === "" ? "" : "/"}file ${number}`, 1 + below(random, 2));
  return tree;
}

const expectTruth = (trees: ReadonlyMap<number, Tree>): void => {
  const [byFolder, bySample]: [string[], string[]] = [[], []];
  for (const { seq, name } of indexedSnapshots(catalog)) {
    const take = (at: string): void => {
      for (const { name: bytes, version } of entriesIn(catalog, Buffer.from(at), seq, -1)) {
        const path = `${at}${at === "" ? "" : "/"}${Buffer.from(bytes)}`;
        byFolder.push(`${name}: ${path} ${version.type === "d" ? null : version.size}`);
        if (version.type === "d") take(path);
      }
    };
    take("");
    for (const { path, type, size } of entriesAt(catalog, Buffer.alloc(0), seq))
      bySample.push(`${name}: ${Buffer.from(path)} ${type === "d" ? null : size}`);
  }
  const told = [...trees].flatMap(([hour, tree]) =>
    [...tree].map(([path, size]) => `${nameOf(hour)}: ${path} ${size}`),
  );
  expect(byFolder.sort()).toEqual(told.sort());
  expect(bySample.sort()).toEqual(told);
};

const purgeAll = (): void => {
  for (const _ of purge(catalog));
};

describe.each([1, 2, 3, 4, 5, 6, 7, 8])("snapshots at random hours (seed %i)", (seed) => {
  it("a folder is as it was told, in whatever order, and after whatever was let go", () => {
    const random = seededRandom(seed);
    const trees = new Map<number, Tree>();
    let before: Tree = new Map();
    for (
      let hour = 0, count = 0;
      count < 12;
      count += 1, hour += 1 + below(random, random() < 0.5 ? 2 : 60)
    ) {
      const tree = anyTree(random);
      const gone = [...before.keys()].filter((path) => !tree.has(path));
      const changed = [...tree].filter(([path, size]) => before.get(path) !== size);
      // A folder that is gone takes along what lay in it, and is told of alone.
      tell(
        hour,
        new Map(changed),
        gone.filter((path) => !gone.includes(path.split("/")[0] ?? "") || !path.includes("/")),
      );
      trees.set(hour, tree);
      before = tree;
    }
    expectTruth(trees);
    const hours = seed % 2 === 0 ? [...trees.keys()].reverse() : shuffled(random, [...trees.keys()]);
    for (const hour of hours.slice(0, 5)) {
      forgetSnapshot(catalog, nameOf(hour));
      trees.delete(hour);
      if (random() < 0.5) purgeAll();
    }
    expectTruth(trees);
    for (const hour of shuffled(random, hours.slice(0, 5))) {
      const tree = anyTree(random);
      tell(hour, tree, "the rest");
      trees.set(hour, tree);
    }
    expectTruth(trees);
    purgeAll();
    expectTruth(trees);
  });
});

it("a file that was gone in a snapshot of which nobody knows any more is seen when that is told anew", () => {
  const [one, two]: [Tree, Tree] = [new Map([["file", 1]]), new Map([["file", 2]])];
  tell(0, one, []);
  tell(30, new Map(), []);
  tell(60, new Map(), ["file"]);
  forgetSnapshot(catalog, nameOf(30));
  forgetSnapshot(catalog, nameOf(60));
  tell(30, two, "the rest");
  tell(60, two, "the rest");
  expectTruth(
    new Map([
      [0, one],
      [30, two],
      [60, two],
    ]),
  );
});

it("after the newest was let go, the next one is told by its differences from the one before", () => {
  const first: Tree = new Map([
    ["folder", null],
    ["folder/stays", 1],
    ["changes", 1],
    ["goes", 1],
  ]);
  tell(0, first, []);
  tell(
    30,
    new Map([
      ["changes", 2],
      ["comes", 1],
    ]),
    ["goes", "folder"],
  );
  forgetSnapshot(catalog, nameOf(30));
  expectTruth(new Map([[0, first]]));
  tell(60, new Map([["new", 1]]), []);
  const last: Tree = new Map([...first, ["new", 1]]);
  expectTruth(
    new Map([
      [0, first],
      [60, last],
    ]),
  );
  expect(indexedSnapshots(catalog).at(-1)?.entries).toBe(last.size);
  forgetSnapshot(catalog, nameOf(60));
  forgetSnapshot(catalog, nameOf(0));
  tell(90, new Map([["only", 1]]), []);
  expectTruth(new Map([[90, new Map([["only", 1]])]]));
});

describe("letting go", () => {
  const paths = (): string[] =>
    (catalog.prepare("SELECT name FROM paths ORDER BY name").all() as { name: Uint8Array }[]).map(
      ({ name }) => Buffer.from(name).toString(),
    );

  it("a name that no snapshot has any more leaves the catalog, with the folders that held nothing else", () => {
    tell(
      0,
      new Map<string, number | null>([
        ["kept", 1],
        ["deep", null],
        ["deep/deeper", null],
        ["deep/deeper/file", 1],
      ]),
      [],
    );
    tell(30, new Map(), ["deep"]);
    purgeAll();
    expect(paths()).toEqual(["deep", "deeper", "file", "kept"]);
    forgetSnapshot(catalog, nameOf(0));
    purgeAll();
    expect(paths()).toEqual(["kept"]);
  });

  it("a folder in which something is left stays, and so does the name of what came back", () => {
    tell(
      0,
      new Map<string, number | null>([
        ["folder", null],
        ["folder/one", 1],
        ["folder/two", 1],
      ]),
      [],
    );
    tell(30, new Map(), ["folder/one"]);
    tell(60, new Map([["folder/one", 2]]), ["folder/two"]);
    forgetSnapshot(catalog, nameOf(0));
    forgetSnapshot(catalog, nameOf(30));
    purgeAll();
    expect(paths()).toEqual(["folder", "one"]);
    expectTruth(
      new Map([
        [
          60,
          new Map<string, number | null>([
            ["folder", null],
            ["folder/one", 2],
          ]),
        ],
      ]),
    );
  });
});
