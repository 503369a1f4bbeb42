// What is fetched from a host by names, beside its own trees or beside that of another host.
import { describe, expect, it } from "vitest";
import { type PickRequest, pickArgs } from "../../../src/system/two-step-args.ts";

const abilities = {
  version: "3.5.0",
  xxh128: true,
  confineRoot: true,
  insecureLinks: true,
  ontoXfs: false,
  aclsAsAttributes: false,
};
const request: PickRequest = {
  origin: { transport: "ssh", alias: "web1", remoteShell: ["ssh"] },
  settings: {
    ...{ sources: ["/"], includes: [], excludes: [], oneFileSystem: false, maxFileBytes: null },
    ...{ incRecursive: "auto", bwlimit: 0, remoteRsync: "rsync" },
    rsyncArgs: ["--checksum", "-c", "--compress", "-m"],
  },
  target: "/h/tree",
  partialDir: "/h/partial",
  linkDests: ["/h/older-1", "/r0"],
  confineRoot: "/",
  isSandboxed: true,
  onlyFiles: false,
  sibling: null,
};

describe("what is fetched by names", () => {
  it("is linked from the host's own trees", () => {
    const words = pickArgs(request, abilities);
    expect(words).toEqual(
      expect.arrayContaining(["--link-dest=/h/older-1", "--link-dest=/r0", "--checksum"]),
    );
    expect(words.join(" ")).not.toMatch(/--copy-dest|--ignore-times| -m( |$)/);
  });

  it("has its access control lists asked for by themselves, but where nothing is linked or copied from", () => {
    const ours = { ...abilities, aclsAsAttributes: true };
    expect(pickArgs(request, ours)[1]).toBe("-aHAXS");
    expect(pickArgs({ ...request, linkDests: [], sibling: "/s" }, ours)[1]).toBe("-aHAXS");
    expect(pickArgs({ ...request, linkDests: [] }, ours)[1]).toBe("-aHXS");
  });

  it("is never believed to be the same as a file of another host, nor linked to one", () => {
    const words = pickArgs({ ...request, sibling: "/s" }, abilities);
    expect(words).toEqual(expect.arrayContaining(["--ignore-times", "--copy-dest=/s", "--compress"]));
    expect(words.join(" ")).not.toMatch(/--link-dest|--checksum( |$)| -c( |$)| -m( |$)/);
  });
});
