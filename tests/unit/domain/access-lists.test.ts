// When access control lists come from a host as attributes.
import { describe, expect, it } from "vitest";
import { comeAsAttributes } from "../../../src/domain/access-lists.ts";

const LINUX = { isLinux: true, checksum: "xxh128" };

describe("access control lists come as attributes", () => {
  it("from a Linux host whose rsync knows rules about them, to root", () => {
    expect(comeAsAttributes(LINUX, { rsyncArgs: ["--compress"] }, true)).toBe(true);
    expect(comeAsAttributes({ ...LINUX, isLinux: false }, { rsyncArgs: [] }, true)).toBe(false);
    expect(comeAsAttributes({ ...LINUX, checksum: null }, { rsyncArgs: [] }, true)).toBe(false);
    expect(comeAsAttributes(LINUX, { rsyncArgs: [] }, false)).toBe(false);
  });

  it("not where somebody has said how attributes or lists are to be kept", () => {
    for (const option of ["--acls", "-A", "--no-acls", "--no-A", "--no-xattrs", "--no-X", "--fake-super"])
      expect(comeAsAttributes(LINUX, { rsyncArgs: ["--compress", option] }, true), option).toBe(false);
  });
});
