// Records of zips where numbers outgrow the four bytes that zips began with.
import { describe, expect, it } from "vitest";
import {
  archiveEnd,
  directoryRecord,
  entryHead,
  entryTail,
  type ZipEntry,
} from "../../../src/system/zip-records.ts";

const GIBIBYTE = 1024 ** 3;
const ENTRY: ZipEntry = {
  ...{ name: Buffer.from("a"), mode: 0o100_644, mtimeMs: 0, size: 10, isDeflated: true, stored: null },
};
const STORED = { crc: 7, bytes: 5 };

/** Extra fields by their numbers. */
function extrasOf(record: Buffer, fixed: number, lengthAt: number): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  const end = fixed + 1 + record.readUInt16LE(lengthAt);
  for (let at = fixed + 1; at < end; at += 4 + record.readUInt16LE(at + 2))
    fields.set(record.readUInt16LE(at), record.subarray(at + 4, at + 4 + record.readUInt16LE(at + 2)));
  return fields;
}
const ofDirectory = (entry: ZipEntry, offset: number): Map<number, Buffer> =>
  extrasOf(directoryRecord(entry, STORED, offset), 46, 30);

describe("an entry", () => {
  it("has the longer numbers only where it needs them", () => {
    expect([...ofDirectory(ENTRY, 1000).keys()]).toEqual([0x5455]);
    const far = ofDirectory(ENTRY, 5 * GIBIBYTE).get(1);
    expect(far?.length).toBe(8);
    expect(far?.readBigUInt64LE()).toBe(BigInt(5 * GIBIBYTE));
    const large = ofDirectory({ ...ENTRY, size: 5 * GIBIBYTE }, 0).get(1);
    expect([large?.readBigUInt64LE(0), large?.readBigUInt64LE(8)]).toEqual([BigInt(5 * GIBIBYTE), 5n]);
  });

  it("that is large says so before its content, and how long it was behind it", () => {
    expect(extrasOf(entryHead(ENTRY), 30, 28).has(1)).toBe(false);
    expect(entryTail(ENTRY, STORED).length).toBe(16);
    const large = { ...ENTRY, size: 4 * GIBIBYTE };
    expect(extrasOf(entryHead(large), 30, 28).has(1)).toBe(true);
    expect(entryTail(large, STORED).readBigUInt64LE(16)).toBe(BigInt(4 * GIBIBYTE));
  });

  it("has a time that zips can say, whenever it was changed", () => {
    for (const [mtimeMs, seconds] of [
      [-1e15, -0x80000000],
      [-1500, -2],
      [1.7e12, 1.7e9],
      [9e15, 0x7fffffff],
    ] as [number, number][])
      expect(
        ofDirectory({ ...ENTRY, mtimeMs }, 0)
          .get(0x5455)
          ?.readInt32LE(1),
      ).toBe(seconds);
  });
});

describe("the end of an archive", () => {
  it("has its longer form for many entries, and for a directory that begins far behind", () => {
    expect(archiveEnd(0xfffe, 1, 2, "").length).toBe(22);
    for (const end of [archiveEnd(70_000, 1, 2, ""), archiveEnd(1, 1, 5 * GIBIBYTE, "")])
      expect([end.length, end.readUInt32LE()]).toEqual([98, 0x06064b50]);
    expect(archiveEnd(70_000, 1, 2, "").readBigUInt64LE(32)).toBe(70_000n);
  });
});
