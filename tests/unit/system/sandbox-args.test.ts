import { describe, expect, it } from "vitest";
import { inSandbox, outOfSandbox, sandboxArgs, type View } from "../../../src/system/sandbox-args.ts";

const views: View[] = [
  { folder: "/mnt/b/web1/incomplete/7/received", at: "/h", isWritable: true },
  { folder: "/mnt/b/web1/snapshots/x/data", at: "/r0", isWritable: false },
];

describe("places inside the sandbox", () => {
  it("are those of the folders that it shows, under short names", () => {
    expect(inSandbox(views, "/mnt/b/web1/incomplete/7/received")).toBe("/h");
    expect(inSandbox(views, "/mnt/b/web1/incomplete/7/received/tree")).toBe("/h/tree");
    expect(inSandbox(views, "/mnt/b/web1/snapshots/x/data")).toBe("/r0");
  });

  it("do not reach beyond them", () => {
    for (const path of ["/mnt/b/web1/incomplete/7/receivedx", "/mnt/b/web1", "/etc/passwd"])
      expect(() => inSandbox(views, path)).toThrow(path);
  });

  it("are told as they are called outside", () => {
    const said = 'rsync: [receiver] mkstemp "/h/tree/x" failed: No space left on device (28)';
    expect(outOfSandbox(views, said)).toContain('"/mnt/b/web1/incomplete/7/received/tree/x"');
    expect(outOfSandbox(views, 'cannot stat "/r0/x"')).toBe('cannot stat "/mnt/b/web1/snapshots/x/data/x"');
    expect(outOfSandbox(views, 'cannot stat "srv/h/x"')).toBe('cannot stat "srv/h/x"');
    expect(outOfSandbox(views, 'cannot stat "/home/x"')).toBe('cannot stat "/home/x"');
  });
});

it("a folder outside may be called like one inside, or have signs in its name", () => {
  const odd: View[] = [
    { folder: "/r0/$&/h", at: "/h", isWritable: true },
    { folder: "/mnt/data", at: "/r0", isWritable: false },
  ];
  expect(outOfSandbox(odd, 'mkdir "/h/x" and "/r0/y"')).toBe('mkdir "/r0/$&/h/x" and "/mnt/data/y"');
});

describe("the sandbox's command line", () => {
  const request = { views, places: [], filterFd: 4, isRoot: true };

  it("shows a folder for writing and others for reading, and drops what a receiver does not need", () => {
    const words = sandboxArgs(request, ["rsync", "--help"]);
    expect(words.filter((word) => word === "--bind")).toHaveLength(1);
    expect(words.join(" ")).toContain("--bind /mnt/b/web1/incomplete/7/received /h");
    expect(words.join(" ")).toContain("--ro-bind /mnt/b/web1/snapshots/x/data /r0");
    expect(words.join(" ")).toContain("--cap-drop ALL");
    for (const name of ["CAP_DAC_READ_SEARCH", "CAP_SYS_PTRACE", "CAP_NET_ADMIN", "CAP_SYS_MODULE"])
      expect(words).not.toContain(name);
    expect(words.slice(-3)).toEqual(["--", "rsync", "--help"]);
  });
});
