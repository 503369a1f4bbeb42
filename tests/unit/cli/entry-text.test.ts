// Entries as ls -l shows them, and as the contract has them.
import { describe, expect, it } from "vitest";
import { factsCells } from "../../../src/cli/entry-text.ts";
import { EntryShape } from "../../../src/contract/schemas.ts";
import type { EntryFacts } from "../../../src/domain/entry.ts";
import { entryJson } from "../../../src/shapes/history-shapes.ts";
import { modeDigits } from "../../../src/shapes/mode-digits.ts";

const facts: EntryFacts = {
  ...{ type: "f", size: 1536, mtimeSeconds: 1_700_000_000, mtimeNanoseconds: 123_456_789 },
  ...{ mode: 420, uid: 1, gid: 2, target: null, inode: 3, blocks: 8 },
};
const octal = (digits: string): number => Number.parseInt(digits, 8);
const shown = (type: EntryFacts["type"], digits: string) =>
  factsCells({ ...facts, type, mode: octal(digits) })[0];

describe("a mode", () => {
  it.each([
    ["f", "0644", "-rw-r--r--"],
    ["d", "0755", "drwxr-xr-x"],
    ["l", "0777", "lrwxrwxrwx"],
    ["f", "0000", "----------"],
    ["f", "4755", "-rwsr-xr-x"],
    ["f", "4644", "-rwSr--r--"],
    ["f", "2755", "-rwxr-sr-x"],
    ["d", "1777", "drwxrwxrwt"],
    ["d", "1776", "drwxrwxrwT"],
    ["p", "7000", "p--S--S--T"],
  ] as const)("of type %s, %s, is %s", (type, digits, expected) => {
    expect(shown(type, digits)).toBe(expected);
    expect(modeDigits(octal(digits))).toBe(digits);
  });
});

describe("an entry", () => {
  const json = (seconds: number, nanoseconds: number) => {
    const entry = { ...facts, mtimeSeconds: seconds, mtimeNanoseconds: nanoseconds };
    const made = entryJson({ ...entry, path: Buffer.from("/a\xff", "latin1"), checksum: null });
    expect(EntryShape.strict().parse(made)).toEqual(made);
    return made;
  };

  it("has its time in ISO 8601 and exactly, also before 1970", () => {
    expect(json(1_700_000_000, 123_456_789)).toMatchObject({
      path: "/a\\xff",
      mtime: "2023-11-14T22:13:20.123Z",
      mtimeSeconds: 1_700_000_000,
      mtimeNanoseconds: 123_456_789,
    });
    expect(json(-2, 500_000_000).mtime).toBe("1969-12-31T23:59:58.500Z");
  });

  it("has none where ISO 8601 has no year for it, and is shown all the same", () => {
    for (const seconds of [253_402_300_800, -99_999_999_999, 9e15]) {
      expect(json(seconds, 0)).toMatchObject({ mtime: null, mtimeSeconds: seconds });
      expect(factsCells({ ...facts, mtimeSeconds: seconds })).toHaveLength(4);
    }
  });
});
