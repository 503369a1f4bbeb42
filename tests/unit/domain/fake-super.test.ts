import { describe, expect, it } from "vitest";
import {
  decodingArgs,
  modeOnDisk,
  onReceivingSide,
  usesFakeSuper,
  withFakeSuper,
} from "../../../src/domain/fake-super.ts";

describe("owners are kept in attributes", () => {
  it("by everybody but root, and by root where the site wants it", () => {
    expect(usesFakeSuper({ rsyncArgs: [] }, true)).toBe(false);
    expect(usesFakeSuper({ rsyncArgs: [] }, false)).toBe(true);
    expect(usesFakeSuper({ rsyncArgs: ["--fake-super"] }, true)).toBe(true);
  });

  it("whatever else the site asks rsync for", () => {
    const settings = { rsyncArgs: ["--fake-super", "-z", "--super"], sources: ["/"] };
    expect(withFakeSuper(settings, true)).toEqual({
      rsyncArgs: ["-z", "--super", "--fake-super"],
      sources: ["/"],
    });
    expect(withFakeSuper(settings, false)).toBe(settings);
  });

  it("on the side that writes, where both are here", () => {
    expect(onReceivingSide(["-z", "--fake-super"])).toEqual([
      ...["-z", "--no-inc-recursive", "-M--fake-super"],
    ]);
  });
});

describe("a restore reads them here", () => {
  it.each([
    ["none", true, true, []],
    ["given", false, false, ["--fake-super"]],
    ["given", true, true, ["--fake-super", "--no-inc-recursive", "-M--super"]],
    ["given", true, false, ["--fake-super", "--no-inc-recursive", "-M--no-super", "--chmod=ug-s"]],
    ["kept", true, false, ["--fake-super"]],
  ] as const)("%s, here: %s, as root: %s", (decoding, isHere, asRoot, words) => {
    expect(decodingArgs(decoding, isHere, asRoot)).toEqual(words);
  });
});

it("whoever keeps a file may read and write it, and nothing about it is special", () => {
  expect(modeOnDisk(0o0000, false)).toBe(0o600);
  expect(modeOnDisk(0o7755, false)).toBe(0o755);
  expect(modeOnDisk(0o1070, true)).toBe(0o770);
});
