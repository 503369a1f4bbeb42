// What a repair asks of other programs: rsync, to fetch files and no more than those, and touch, for an exact time.
import { describe, expect, it } from "vitest";
import { fetchArgs } from "../../../src/system/fetch-args.ts";
import { touchTime } from "../../../src/system/kept-attributes.ts";

describe("a time for touch", () => {
  it.each([
    [1_700_000_000, 123_456_789, "@1700000000.123456789"],
    [0, 0, "@0.000000000"],
    [0, 1, "@0.000000001"],
    [-1, 0, "@-1.000000000"],
    // Seconds are counted downwards and the fraction forwards; a decimal number has one sign for both.
    [-2, 500_000_000, "@-1.500000000"],
    [-1, 999_999_999, "@-0.000000001"],
  ])("of %i s and %i ns is %s", (mtimeSeconds, mtimeNanoseconds, text) => {
    expect(touchTime({ mtimeSeconds, mtimeNanoseconds })).toBe(text);
  });
});

describe("fetching", () => {
  const request = {
    remoteRsync: "rsync",
    bwlimit: 0,
    maxBytes: 5000,
    target: "/backups/nas/repair/7/files",
    isSandboxed: false,
  };

  it("takes nothing larger than what was stored, and nothing that is no file", () => {
    const argv = fetchArgs({ ...request, origin: { transport: "local" } });
    expect(argv).toContain("--max-size=5000b");
    for (const option of argv)
      expect(option).not.toMatch(/^(-[a-z]*[arlDH]|--(recursive|links|devices|archive|inplace|append)\b)/);
    expect(argv.slice(-5)).toEqual(["--files-from=-", "--from0", "--", "/", "/backups/nas/repair/7/files/"]);
  });

  it("goes the host's own way, not faster than the host allows", () => {
    const origin = { transport: "ssh", alias: "nas", remoteShell: ["ssh", "-F", "/a b"] } as const;
    const argv = fetchArgs({ ...request, origin, remoteRsync: "sudo rsync", bwlimit: 2048 });
    expect(argv).toEqual(
      expect.arrayContaining(["--rsh=ssh -F '/a b'", "--rsync-path=sudo rsync", "--bwlimit=2k", "nas:/"]),
    );
  });
});
