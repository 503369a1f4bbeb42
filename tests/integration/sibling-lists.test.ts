// By name and size it is guessed where a file that a host has to send may be already, and names of one file stay together.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseItem } from "../../src/system/log-items.ts";
import { siblingLists, sortBySibling } from "../../src/system/sibling-lists.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "pobsync-siblings-"));
  for (const tree of ["one", "two", "own"]) mkdirSync(join(dir, tree));
});
afterEach(() => rmSync(dir, { recursive: true }));
const at = (path: string): string => join(dir, path);
const file = (path: string, size: number): void => writeFileSync(at(path), Buffer.alloc(size));

/** Entries as rsync names them: kind, size, name, and the first name of the same file. */
type Entry = readonly [kind: string, size: number, name: string, leader?: string];

function sorted(siblings: readonly string[], entries: readonly Entry[]): string[][] {
  const list = sortBySibling(at("wanted"), siblings.map(at), [at("own")]);
  for (const [kind, size, name, leader] of entries) {
    const more = leader === undefined ? "" : ` => ${leader}`;
    const line = `${kind.padEnd(11, "+")} // ${size} // ${" ".repeat(32)} // ${name} // ${more}`;
    list.add(Buffer.from(name), parseItem(line) ?? undefined);
  }
  list.add(Buffer.from("without a line"));
  list.close();
  list.close();
  const lists = [at("wanted"), ...siblingLists(at("wanted")).slice(0, siblings.length)].map((path) =>
    readFileSync(path, "latin1")
      .split("\0")
      .filter((name) => name !== "")
      .map((name) => name.slice(1)),
  );
  expect([list.count(), ...list.found()]).toEqual(lists.map(({ length }) => length));
  return lists;
}

it("looks where a file has the name and the size, in the first of several", () => {
  file("one/a", 1000);
  file("two/a", 1000);
  file("two/b", 1000);
  file("two/longer", 1001);
  const entries: Entry[] = [">f a", ">f b", ">f longer", ">f none"].map((text) => [
    ">f",
    1000,
    text.slice(3),
  ]);
  expect(sorted(["one", "two"], entries)).toEqual([["longer", "none", "without a line"], ["a"], ["b"]]);
});

it("looks nowhere for what is small, is no file, or has that size here as well", () => {
  for (const name of ["small", "own", "link", "folder"]) file(`one/${name}`, name === "small" ? 511 : 1000);
  file("own/own", 1000);
  symlinkSync("small", at("one/through"));
  const entries: Entry[] = [
    [">f", 511, "small"],
    [">f", 1000, "own"],
    ["cL", 1000, "link"],
    ["cd", 1000, "folder"],
    [">f", 511, "through"],
    [">f", 1000, "own/below"],
  ];
  const [plain, ...others] = sorted(["one"], entries);
  expect(plain).toEqual(["small", "own", "link", "folder", "through", "own/below", "without a line"]);
  expect(others).toEqual([[]]);
});

it("keeps all names of a file together, wherever the first one is", () => {
  for (const name of ["two/first", "one/again", "one/later"]) file(name, 1000);
  const entries: Entry[] = [
    ["hf", 1000, "later", "first"],
    [">f", 1000, "first"],
    ["hf", 1000, "again", "first"],
    ["hf", 1000, "later", "unknown"],
    [">f", 1000, "unknown"],
  ];
  expect(sorted(["one", "two"], entries)).toEqual([
    ["unknown", "without a line", "later"],
    [],
    ["first", "later", "again"],
  ]);
});
