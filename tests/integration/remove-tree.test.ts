// Removing a tree takes all of it, and nothing that lies outside of it.
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { removeTree } from "../../src/system/remove-tree.ts";
import { plantTree } from "../support/hostile-tree.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { runTool } from "../support/tool.ts";
import { treeFacts } from "../support/tree-facts.ts";
import { plantMany, removing } from "../support/trees-to-remove.ts";
import { makeWorld } from "../support/world.ts";

const world = makeWorld();
let folder = "";
let tree = "";
let tests = 0;

beforeEach(() => {
  folder = join(world.dir, `test-${++tests}`);
  tree = join(folder, "tree");
  mkdirSync(tree, { recursive: true });
});
afterAll(() => world.dispose());

/** Removes it in a process of a person without any rights. */
const removeAsNobody = (path: string): Promise<Buffer> =>
  runTool("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", ...removing(path)]);

/** What a neighbour is, but for the number of its names. */
const factsOf = (path: string) => {
  const { mode, uid, gid, mtimeNs, size, ino } = lstatSync(path, { bigint: true });
  return { mode, uid, gid, mtimeNs, size, ino, content: readFileSync(path, "utf8") };
};

describe("all of it goes", () => {
  it("whatever names, links, owners, modes and devices are in it, and hard-linked neighbours keep everything", async () => {
    await plantTree(tree, { sparseMebibytes: 8 });
    const neighbour = join(folder, "neighbour");
    await runTool("cp", ["-al", "--", tree, neighbour]);
    const before = await treeFacts(neighbour);
    await removeTree(tree);
    expect(readdirSync(folder)).toEqual(["neighbour"]);
    expect(await treeFacts(neighbour)).toEqual(before);
  });

  it("when paths are longer than a path may be", async () => {
    const deep = join(tree, ...Array.from({ length: 60 }, () => "d".repeat(255)));
    await runTool("mkdir", ["-p", "--", deep]);
    await runTool("find", [tree, "-type", "d", "-execdir", "touch", "--", "{}/file", ";"]);
    await removeTree(tree);
    expect(existsSync(tree)).toBe(false);
  });

  it("when its many parts differ in size by orders of magnitude", async () => {
    plantMany(tree, 80, 2);
    plantMany(join(tree, "only/way/down/to/most/of/it"), 400, 50);
    for (let at = 0; at < 3000; at++) writeFileSync(join(tree, `loose-${at}`), "");
    const shares: number[] = [];
    await removeTree(tree, { onShare: (share) => shares.push(share) });
    expect(existsSync(tree)).toBe(false);
    expect(shares.at(-1)).toBe(1);
  });

  it("when the paths of its parts are as long as they may be", async () => {
    let top = tree;
    while (top.length < 3700) top = join(top, "d".repeat(200));
    for (let at = 0; at < 600; at++)
      mkdirSync(join(top, `${at}-`.padEnd(Math.min(255, 4090 - top.length), "x")), { recursive: true });
    await removeTree(tree);
    expect(existsSync(tree)).toBe(false);
  });

  it("when there is nothing to remove", async () => {
    expect(await removeTree(join(folder, "missing"))).toEqual({ freedBytes: 0 });
  });

  it("for a person who is not root, also from folders that are closed to their owner, and files keep their modes", async () => {
    plantMany(tree, 100, 6);
    mkdirSync(join(tree, "closed/read-only/inside"), { recursive: true });
    writeFileSync(join(tree, "closed/read-only/inside/file"), "content");
    const neighbour = join(folder, "neighbour");
    linkSync(join(tree, "closed/read-only/inside/file"), neighbour);
    chmodSync(neighbour, 0o000);
    const deep = join(tree, ...Array.from({ length: 30 }, () => "d".repeat(255)));
    await runTool("mkdir", ["-p", "--", deep]);
    await runTool("chown", ["-R", "65534:65534", folder]);
    await runTool("find", [tree, "-depth", "-type", "d", "-name", "d*", "-execdir", "chmod", "0", "{}", ";"]);
    chmodSync(join(tree, "closed/read-only"), 0o555);
    chmodSync(join(tree, "closed"), 0o000);
    chmodSync(join(tree, "3"), 0o555);
    chmodSync(world.dir, 0o755);
    const before = factsOf(neighbour);
    await removeAsNobody(tree);
    expect(readdirSync(folder)).toEqual(["neighbour"]);
    expect(factsOf(neighbour)).toEqual(before);
  });

  it("also from a folder that is closed to its owner as a whole", async () => {
    writeFileSync(join(tree, "file"), "content");
    await runTool("chown", ["-R", "65534:65534", folder]);
    chmodSync(tree, 0o000);
    chmodSync(world.dir, 0o755);
    await removeAsNobody(tree);
    expect(existsSync(tree)).toBe(false);
  });
});

describe("what lies outside stays", () => {
  it("where links in the tree lead to", async () => {
    const outside = join(folder, "outside");
    plantMany(outside, 3, 2);
    const before = await treeFacts(outside);
    plantMany(tree, 100, 6);
    symlinkSync(outside, join(tree, "folder"));
    symlinkSync(`${outside}/`, join(tree, "3/folder with a slash"));
    symlinkSync(join(outside, "0/folder-0/file"), join(tree, "3/file"));
    symlinkSync("..", join(tree, "3/up"));
    await removeTree(tree);
    expect(readdirSync(folder)).toEqual(["outside"]);
    expect(await treeFacts(outside)).toEqual(before);
  });

  it.each(["", "/"])("where the path itself leads to (end of the path: '%s')", async (end) => {
    for (const [name, target] of [
      ["to a folder", tree],
      ["to a file", join(tree, "file")],
    ] as const) {
      writeFileSync(join(tree, "file"), "content");
      symlinkSync(target, join(folder, name));
      await removeTree(join(folder, name) + end);
    }
    expect(readdirSync(folder)).toEqual(["tree"]);
    expect(readdirSync(tree)).toEqual(["file"]);
  });

  it.each([
    ["another file system", (at: string) => ["-t", "tmpfs", "none", at]],
    ["a folder of the same disk", (at: string) => ["--bind", `${folder}/outside`, at]],
  ] as const)("%s that is mounted in it, and the message names the place", async (_, options) => {
    plantMany(tree, 100, 6);
    mkdirSync(join(folder, "outside"));
    const point = join(tree, "3", "mount\n 'point'");
    mkdirSync(point);
    await runTool("mount", options(point));
    try {
      writeFileSync(join(point, "precious"), "content");
      await expect(removeTree(tree)).rejects.toMatchObject({
        code: "server_write_failed",
        message: `${tree} could not be removed.`,
        detail: `Something is mounted at ${join(tree, "3", "mount\\n 'point'")}.`,
      });
      expect(readFileSync(join(point, "precious"), "utf8")).toBe("content");
    } finally {
      await runTool("umount", [point]);
    }
    await removeTree(tree);
    expect(existsSync(tree)).toBe(false);
  });

  it("when pobsync was started there", async () => {
    const start = join(folder, "start");
    mkdirSync(start);
    writeFileSync(join(start, "precious"), "content");
    plantMany(tree, 100, 6);
    await runTool("env", ["-C", start, ...removing(tree)]);
    expect(readdirSync(start)).toEqual(["precious"]);
    expect(existsSync(tree)).toBe(false);
  });
});

describe("the number of bytes that came free", () => {
  const free = async (disk: string): Promise<number> => {
    await runTool("sync", ["-f", disk]);
    const { bfree, bsize } = statfsSync(disk);
    return bfree * bsize;
  };

  it("is what the disk has more: of files with names elsewhere nothing, of those with several names in the tree once", async () => {
    await withSmallDisk({ megabytes: 64 }, async (disk) => {
      const top = join(disk, "tree");
      for (let at = 0; at < 300; at++) {
        const inside = join(top, `${at % 7}`, `${at}`);
        mkdirSync(inside, { recursive: true });
        for (const name of ["alone", "twice", "shared"])
          writeFileSync(join(inside, name), name.repeat(at * 10));
        linkSync(join(inside, "twice"), join(top, `${at % 7}`, `again-${at}`));
        linkSync(join(inside, "shared"), join(disk, `shared-${at}`));
        symlinkSync("x".repeat(at + 1), join(inside, "link"));
      }
      const before = await free(disk);
      const { freedBytes } = await removeTree(top);
      expect(freedBytes).toBe((await free(disk)) - before);
    });
  });

  it("is that of a single file too", async () => {
    writeFileSync(join(tree, "alone"), "content");
    writeFileSync(join(tree, "shared"), "content");
    linkSync(join(tree, "shared"), join(tree, "again"));
    const { blocks } = lstatSync(join(tree, "alone"));
    expect(await removeTree(join(tree, "alone"))).toEqual({ freedBytes: blocks * 512 });
    expect(await removeTree(join(tree, "shared"))).toEqual({ freedBytes: 0 });
    expect(readdirSync(tree)).toEqual(["again"]);
  });
});
