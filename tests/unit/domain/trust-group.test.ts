// Where snapshots of other hosts of a trust group are used, and where not.
import { describe, expect, it } from "vitest";
import { progressOfPart } from "../../../src/domain/part-progress.ts";
import { parseTrustGroup, type SiblingUse, whyNoSiblings } from "../../../src/domain/trust-group.ts";

const use: SiblingUse = {
  transport: "ssh",
  sandbox: "bubblewrap",
  protocol: 31,
  rsyncArgs: ["--compress"],
  beginsAsSubvolume: false,
};

describe("a trust group", () => {
  it.each(["web", "image-2026.1", "0", "a_b"])("may be called %s", (name) => {
    expect(parseTrustGroup(name)).toBe(name);
  });

  it("is used over ssh, in bubblewrap, with an rsync that has good checksums", () => {
    expect(whyNoSiblings(use)).toBeNull();
    expect(whyNoSiblings({ ...use, protocol: 30 })).toBeNull();
  });

  it.each([
    ["for this machine itself", { transport: "local", sandbox: null }, /this machine/],
    ["under Landlock", { sandbox: "landlock" }, /bubblewrap/],
    ["without a sandbox", { sandbox: null }, /bubblewrap/],
    ["with an old rsync", { protocol: 29 }, /older than 3\.0/],
    ["with an rsync that does not say", { protocol: null }, /older than 3\.0/],
    ["where files are wanted as a whole", { rsyncArgs: ["-W"] }, /--whole-file/],
    ["for the first tree that is a subvolume", { beginsAsSubvolume: true }, /btrfs/],
  ] as [string, Partial<SiblingUse>, RegExp][])("is not used %s", (_, other, why) => {
    expect(whyNoSiblings({ ...use, ...other })).toMatch(why);
  });
});

describe("the progress of one of several steps", () => {
  const seen = { bytes: 50, percent: 50, bytesPerSecond: 10, files: 4, secondsLeft: 9 };

  it("is progress of the whole", () => {
    const part = { names: 20, namesBefore: 60, namesOfAll: 100, bytesBefore: 1000 };
    expect(progressOfPart(seen, part)).toEqual({ ...seen, bytes: 1050, percent: 70, secondsLeft: null });
    expect(progressOfPart({ ...seen, percent: null }, part).percent).toBeNull();
  });

  it("says when all will be done only in the last step", () => {
    const part = { names: 40, namesBefore: 60, namesOfAll: 100, bytesBefore: 0 };
    expect(progressOfPart(seen, part)).toEqual({ ...seen, percent: 80, secondsLeft: 9 });
  });
});
