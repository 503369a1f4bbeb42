// What is asked for in two steps: a comparison, and what is fetched by names, beside the host's own trees or that of another host.
import { describe, expect, it } from "vitest";
import {
  comparisonArgs,
  foldersArgs,
  type PickRequest,
  pickArgs,
} from "../../../src/system/two-step-args.ts";

const abilities = {
  version: "3.5.0",
  xxh128: true,
  confineRoot: true,
  insecureLinks: true,
  ontoXfs: false,
  aclsAsAttributes: false,
};
const ours = { ...abilities, aclsAsAttributes: true };
const LISTS = ["--filter=+x /system.posix_acl_*", "--filter=-x /system.*"];
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

  it("has its access control lists asked for by themselves too, where something is linked or copied from", () => {
    expect(pickArgs(request, ours)).toEqual(expect.arrayContaining(["-aHAXS", ...LISTS]));
    const beside = { ...request, linkDests: [], sibling: "/s" };
    expect(pickArgs(beside, ours)).toEqual(expect.arrayContaining(["-aHAXS", ...LISTS]));
    expect(pickArgs({ ...request, linkDests: [] }, ours)).toEqual(
      expect.arrayContaining(["-aHXS", ...LISTS]),
    );
  });

  it("is never believed to be the same as a file of another host, nor linked to one", () => {
    const words = pickArgs({ ...request, sibling: "/s" }, abilities);
    expect(words).toEqual(expect.arrayContaining(["--ignore-times", "--copy-dest=/s", "--compress"]));
    expect(words.join(" ")).not.toMatch(/--link-dest|--checksum( |$)| -c( |$)| -m( |$)/);
  });
});

describe("a comparison", () => {
  const asked = { ...request, leaveOut: [], base: "/r0" };

  it("asks for access control lists as attributes, and says of each entry what it needs and no more", () => {
    const words = comparisonArgs(asked, ours);
    expect(words).toEqual(expect.arrayContaining(["-aHXS", ...LISTS, "--dry-run", "-ii"]));
    expect(words).toContain("--out-format=%i // %l //  // %n // %L");
    expect(words.join(" ")).not.toContain("--info=progress2");
    expect(comparisonArgs(asked, abilities)).toContain("-aHAXS");
  });

  it("with nothing asks for no attributes at all, whoever wants lists by themselves", () => {
    const settings = { ...asked.settings, rsyncArgs: ["--acls"] };
    const words = comparisonArgs({ ...asked, settings, isEmpty: true }, abilities);
    expect(words).toContain("-aHS");
    expect(words).not.toContain("--acls");
  });
});

describe("what folders are", () => {
  it("is given with their lists in both ways, as one way loses rights of a folder with the sticky bit", () => {
    expect(foldersArgs({ rsyncArgs: [] }, ours)).toEqual(expect.arrayContaining(["-ptgoAX", ...LISTS]));
  });
});
