import { describe, expect, it } from "vitest";
import { bornInode } from "../../../src/system/walked-entry.ts";

describe("what stands for an inode in a subvolume", () => {
  const born = { seconds: 1_764_450_000, nanoseconds: 123_456_789 };

  it("is the same for a file that a snapshot took over, and another for one that got its number later", () => {
    expect(bornInode(257, born)).toBe(bornInode(257, { ...born }));
    const others = [
      bornInode(258, born),
      bornInode(257, { ...born, nanoseconds: 123_456_790 }),
      bornInode(257, { ...born, seconds: born.seconds + 1 }),
    ];
    expect(new Set([bornInode(257, born), ...others]).size).toBe(4);
  });

  it("keeps the order in which files lie on the disk, and is exact", () => {
    const numbers = [257, 300, 4711, 2 ** 27 - 1].map((inode) => bornInode(inode, born) ?? 0);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers);
    for (const number of numbers) expect(Number.isSafeInteger(number)).toBe(true);
  });

  it("tells five hundred births of one number apart", () => {
    const numbers = Array.from({ length: 500 }, (_, at) =>
      bornInode(1000, { seconds: born.seconds + at * 60, nanoseconds: (at * 7_919_993) % 1_000_000_000 }),
    );
    expect(new Set(numbers).size).toBe(500);
  });

  it("is nothing where the time of birth is not known", () => {
    expect(bornInode(257, { seconds: 0, nanoseconds: 0 })).toBeNull();
    expect(bornInode(257, { seconds: Number.NaN, nanoseconds: 0 })).toBeNull();
  });
});
