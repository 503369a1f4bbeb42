import { describe, expect, it } from "vitest";
import { modeOf } from "../../../src/system/decoded-tree.ts";
import { parsePax, paxText, splitAttributes } from "../../../src/system/tar-pax.ts";

const record = (key: string, value: string | Buffer) => ({ key, value: Buffer.from(value as string) });

describe("records before an entry", () => {
  it("read back as they were written, whatever their length and bytes", () => {
    for (const length of [0, 1, 88, 89, 90, 91, 92, 93, 986, 987, 988, 989, 990, 5000]) {
      const records = [record("path", Buffer.alloc(length, 0xe9)), record("mtime", "1.5\n= 2")];
      const text = paxText(records);
      expect(parsePax(text)).toEqual(records);
      expect(Number(text.toString("latin1").split(" ")[0])).toBe(
        text.length - paxText(records.slice(1)).length,
      );
    }
  });

  it("that are none are refused", () => {
    expect(() => parsePax(Buffer.from("12 no equals sign\n"))).toThrow();
    expect(() => parsePax(Buffer.from("0 a=b\n"))).toThrow();
  });
});

describe("attributes of rsync's", () => {
  it("say what an entry was, and are no attributes of it", () => {
    const records = [
      record("SCHILY.xattr.user.rsync.%25stat", "20660 300,70000 123456:654321"),
      record("SCHILY.xattr.user.comment", "mine"),
      record("SCHILY.xattr.user.rsync.security.capability", "cap"),
    ];
    expect(splitAttributes(records, 0o600)).toEqual({
      facts: { type: "c", mode: 0o660, uid: 123456, gid: 654321, major: 300, minor: 70000 },
      others: [
        record("SCHILY.xattr.user.comment", "mine"),
        record("SCHILY.xattr.security.capability", "cap"),
      ],
    });
  });

  it("hold access lists, in which what the mode says is left out", () => {
    const numbers = [0x80, 0x80, 0x80, 0x80, 12345, 0x8000_0007, 54321, 5];
    const list = Buffer.alloc(numbers.length * 4);
    for (const [at, number] of numbers.entries()) list.writeUInt32LE(number, at * 4);
    const attribute = record("SCHILY.xattr.user.rsync.%aacl", list);
    const { others } = splitAttributes([attribute], 0o670);
    expect(others).toEqual([
      record("SCHILY.acl.access", "user::rw-,user:12345:rwx,group::rwx,group:54321:r-x,mask::rwx,other::---"),
    ]);
  });
});

it("permissions in letters are a mode", () => {
  expect(modeOf("rwxr-xr-x")).toBe(0o755);
  expect(modeOf("rwsr-Sr-t")).toBe(0o7745);
  expect(modeOf("--S--S--T")).toBe(0o7000);
});
