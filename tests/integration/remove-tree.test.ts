// Removing a tree takes all of it, and nothing that lies outside of it.
import { spawn } from "node:child_process";
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
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { removeTree } from "../../src/system/remove-tree.ts";
import { plantTree } from "../support/hostile-tree.ts";
import { processesMentioning } from "../support/processes.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { runTool } from "../support/tool.ts";
import { treeFacts } from "../support/tree-facts.ts";
import { waitUntil } from "../support/wait-until.ts";
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

/** Folders with files, which all are names of a few inodes: quickly made. */
function plantMany(top: string, folders: number, filesEach: number): void {
  for (let at = 0; at < folders; at++) {
    const inside = join(top, `${at % 10}`, `folder-${at}`);
    mkdirSync(inside, { recursive: true });
    writeFileSync(join(inside, "file"), "content");
    for (let more = 1; more < filesEach; more++) linkSync(join(inside, "file"), join(inside, `file-${more}`));
  }
}

const runNode = fileURLToPath(new URL("../../bin/run-node", import.meta.url));
const module = fileURLToPath(new URL("../../src/system/remove-tree.ts", import.meta.url));
const script = `const { removeTree } = await import(process.argv[1]); await removeTree(process.argv[2])`;
const removing = (path: string): string[] => [runNode, "--input-type=module", "-e", script, module, path];

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

describe("when it does not get to the end", () => {
  it("says what stood in the way and removes the rest", async () => {
    await withSmallDisk({ megabytes: 16 }, async (disk) => {
      const top = join(disk, "tree");
      plantMany(top, 100, 6);
      const immutable = join(top, "3/folder-3/immutable");
      writeFileSync(immutable, "content");
      await runTool("chattr", ["+i", immutable]);
      await expect(removeTree(top)).rejects.toMatchObject({
        code: "server_write_failed",
        detail: `find: cannot delete '${immutable}': Operation not permitted`,
      });
      expect(readdirSync(top, { recursive: true })).toEqual(["3", "3/folder-3", "3/folder-3/immutable"]);
      await runTool("chattr", ["-i", immutable]);
      await removeTree(top);
      expect(existsSync(top)).toBe(false);
    });
  });

  it("throws the reason of a stop, has ended everything by then, and another call removes what is left", async () => {
    plantMany(tree, 800, 50);
    const stop = new AbortController();
    const removal = removeTree(tree, { stop: stop.signal });
    const outcome = removal.then(
      () => "removed",
      (error: unknown) => error,
    );
    // The folders that are made first lie first in the list of parts.
    while (readdirSync(join(tree, "0")).length === 80) await pause(1);
    const reason = new Error("enough");
    stop.abort(reason);
    expect(await outcome).toBe(reason);
    expect(processesMentioning(tree)).toEqual([]);
    expect(existsSync(tree)).toBe(true);
    await removeTree(tree);
    expect(existsSync(tree)).toBe(false);
  });

  it("does not begin after a stop", async () => {
    writeFileSync(join(tree, "file"), "content");
    await expect(removeTree(tree, { stop: AbortSignal.abort("enough") })).rejects.toBe("enough");
    expect(readdirSync(tree)).toEqual(["file"]);
  });

  it("leaves nothing running when its process is killed, and another call removes what is left", async () => {
    plantMany(tree, 800, 50);
    const [program = "", ...args] = removing(tree);
    const child = spawn(program, args, { stdio: "ignore" });
    world.owns(child.pid ?? 0);
    while (readdirSync(join(tree, "0")).length === 80) await pause(1);
    child.kill("SIGKILL");
    await waitUntil(() => processesMentioning(tree).length === 0, { what: "its programs to end" });
    expect(existsSync(tree)).toBe(true);
    await removeTree(tree);
    expect(existsSync(tree)).toBe(false);
  });
});
