import { describe, expect, it } from "vitest";
import { inSandbox, outOfSandbox, sandboxArgs } from "../../../src/system/sandbox-args.ts";

describe("places inside the sandbox", () => {
  it("are those of the host's folder, under a short name", () => {
    expect(inSandbox("/mnt/b/web1", "/mnt/b/web1")).toBe("/h");
    expect(inSandbox("/mnt/b/web1", "/mnt/b/web1/incomplete/7/data")).toBe("/h/incomplete/7/data");
  });

  it("do not reach beyond it", () => {
    for (const path of ["/mnt/b/web12/incomplete", "/mnt/b", "/etc/passwd"])
      expect(() => inSandbox("/mnt/b/web1", path)).toThrow(path);
  });

  it("are told as they are called outside", () => {
    const said = 'rsync: [receiver] mkstemp "/h/incomplete/7/data/x" failed: No space left on device (28)';
    expect(outOfSandbox("/mnt/b/web1", said)).toContain('"/mnt/b/web1/incomplete/7/data/x"');
    expect(outOfSandbox("/mnt/b/web1", 'cannot stat "srv/h/x"')).toBe('cannot stat "srv/h/x"');
  });
});

describe("the sandbox's command line", () => {
  const request = { folder: "/mnt/b/web1", places: [], filterFd: 4, isRoot: true };

  it("shows one folder for writing, in one piece, and drops what a receiver does not need", () => {
    const words = sandboxArgs(request, ["rsync", "--help"]);
    expect(words.filter((word) => word === "--bind")).toHaveLength(1);
    expect(words.join(" ")).toContain("--bind /mnt/b/web1 /h");
    expect(words.join(" ")).toContain("--cap-drop ALL");
    for (const name of ["CAP_DAC_READ_SEARCH", "CAP_SYS_PTRACE", "CAP_NET_ADMIN", "CAP_SYS_MODULE"])
      expect(words).not.toContain(name);
    expect(words.slice(-3)).toEqual(["--", "rsync", "--help"]);
  });
});
