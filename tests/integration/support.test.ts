// Proof that the tests' own eyes see what they should: blind ones would let every other test pass.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareTrees } from "../support/compare-trees.ts";
import { hostileNames } from "../support/hostile-names.ts";
import { planted, plantTree } from "../support/hostile-tree.ts";
import { mutateTree } from "../support/mutate-tree.ts";
import { pathBytes, pathText } from "../support/path-text.ts";
import { pobsyncIn } from "../support/pobsync.ts";
import { isAlive, processesBelow } from "../support/processes.ts";
import { seededRandom } from "../support/random.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { runTool } from "../support/tool.ts";
import { type TreeFacts, treeFacts } from "../support/tree-facts.ts";
import { waitUntil } from "../support/wait-until.ts";
import { makeWorld } from "../support/world.ts";

const dir = mkdtempSync(join(tmpdir(), "pobsync-support-"));
afterAll(() => rmSync(dir, { recursive: true }));

describe("the record of a tree", () => {
  const original = join(dir, "original");
  const copy = join(dir, "copy");
  const inCopy = (path: string) => join(copy, path);
  let expected: TreeFacts;
  const differences = async () => compareTrees(expected, await treeFacts(copy));

  beforeAll(async () => {
    await plantTree(original);
    expected = await treeFacts(original);
  });
  const copyAfresh = async () => {
    rmSync(copy, { recursive: true, force: true });
    await runTool("cp", ["--archive", original, copy]);
  };

  it("is the same for a faithful copy, and the tree has what it promises", async () => {
    await copyAfresh();
    expect(await differences()).toEqual([]);
    const { entries, hardLinks } = expected;
    expect(new Set([...entries.values()].map(({ type }) => type))).toEqual(
      new Set(["file", "directory", "symlink", "fifo", "socket", "character", "block"]),
    );
    expect(hardLinks).toContainEqual([...planted.hardLinks]);
    expect(entries.get(planted.sparse)).toMatchObject({ isSparse: true, size: 2 ** 30 });
    expect(entries.get(planted.setuid)).toMatchObject({ mode: 0o4755 });
    expect(entries.get(planted.foreign)).toMatchObject({ uid: 123_456, gid: 654_321 });
    expect(entries.get("times/before 1970")).toMatchObject({ mtimeNs: -1_500_000_000n });
    expect(entries.get("special/block device")).toMatchObject({ device: "300:70000" });
    expect(entries.get(planted.acl)?.xattrs).toHaveProperty(["system.posix_acl_access"]);
    expect(entries.get(planted.capability)?.xattrs).toHaveProperty(["security.capability"]);
    expect(entries.get(planted.xattrs)?.xattrs).toMatchObject({ "user.binary": "0x00ff0a225c00" });
    for (const name of hostileNames) {
      expect(entries.get(`names/${pathText(name)}`)?.xattrs, pathText(name)).toHaveProperty(["user.name"]);
      expect(entries.has(`folders/${pathText(name)}/inside`), pathText(name)).toBe(true);
    }
  });

  it("tells one changed byte, nanosecond, attribute, owner, mode, link, hole or missing file", async () => {
    await copyAfresh();
    const tree = await treeFacts(copy);
    const time = (path: string) => String(tree.entries.get(path)?.mtimeNs).replace(/(\d{9})$/, ".$1");
    const file = openSync(inCopy("many/file-200"), "r+");
    writeSync(file, "x", 7);
    execFileSync("touch", ["-d", `@${time("many/file-200")}`, inCopy("many/file-200")]);
    execFileSync("touch", ["-d", "@1700000000.000000001", inCopy("times/whole second")]);
    execFileSync("setfattr", ["-n", "user.binary", "-v", "0x00", inCopy(planted.xattrs)]);
    execFileSync("setfacl", ["-x", "u:12345", inCopy("attributes/acl mask")]);
    execFileSync("chown", ["-h", "7", inCopy("links/relative")]);
    execFileSync("chmod", ["u-s", inCopy(planted.setuid)]);
    execFileSync("cp", ["-a", inCopy("links/one"), inCopy("links/two")]);
    renameSync(inCopy("links/two"), inCopy("links/one"));
    execFileSync("cp", ["-a", "--sparse=never", inCopy("big/only a hole"), inCopy("big/filled")]);
    renameSync(inCopy("big/filled"), inCopy("big/only a hole"));
    rmSync(inCopy("special/socket"));
    writeFileSync(inCopy("many/new"), "");

    const found = (await differences()).filter((line) => !/^(links|big|special|many): mtimeNs/.test(line));
    const sentences = [
      /^attributes\/acl mask: system\.posix_acl_access is 0x0\w+, expected 0x0\w+$/,
      /^attributes\/xattrs: user\.binary is 0x00, expected 0x00ff0a225c00$/,
      /^big\/only a hole: isSparse is false, expected true$/,
      /^links\/relative: uid is 7, expected 0$/,
      /^many\/file-200: content is sha256:\w+, expected sha256:\w+$/,
      /^many\/new: should not be there$/,
      /^modes\/4755: mode is 0755, expected 4755$/,
      /^special\/socket: is missing$/,
      /^times\/whole second: mtimeNs is 1700000000000000001 ns .*, expected 1700000000000000000 ns/,
      /^hard links: expected links\/one = plain\/one-again$/,
    ];
    expect(found).toEqual(sentences.map((sentence) => expect.stringMatching(sentence)));
  });

  it("may be told to allow twins that are one file, but no others", async () => {
    const [linked, apart] = ["many/file-000", "many/again"];
    await copyAfresh();
    await runTool("cp", ["--archive", inCopy(linked), inCopy(apart)]);
    const twins = await treeFacts(copy);
    await runTool("ln", ["--force", inCopy(linked), inCopy(apart)]);
    await runTool("cp", [
      "--archive",
      "--remove-destination",
      inCopy("links/one"),
      inCopy(planted.hardLinks[1]),
    ]);
    const joined = compareTrees(twins, await treeFacts(copy), { ignoreDirectoryTimes: true });
    const lost = "hard links: expected links/one = plain/one-again";
    expect(joined).toEqual(["hard links: did not expect many/again = many/file-000", lost]);
    const leniency = { ignoreDirectoryTimes: true, allowJoinedTwins: true };
    expect(compareTrees(twins, await treeFacts(copy), leniency)).toEqual([lost]);
  });

  it("tells every kind of random change, which is the same for the same seed", async () => {
    await copyAfresh();
    const done = await mutateTree(copy, seededRandom(1));
    expect(new Set(done.map(({ kind }) => kind)).size).toBe(18);
    const after = await treeFacts(copy);
    await copyAfresh();
    expect(await mutateTree(copy, seededRandom(1))).toEqual(done);
    // Only what was changed just now has another time.
    const sameButForTimes = compareTrees(after, await treeFacts(copy)).filter((l) => !l.includes("mtimeNs"));
    expect(sameButForTimes).toEqual([]);

    await copyAfresh();
    const random = seededRandom(2);
    let before = await treeFacts(copy);
    for (let change = 0; change < 60; change++) {
      const [mutation] = await mutateTree(copy, random, { changes: 1 });
      const now = await treeFacts(copy);
      expect(compareTrees(before, now), JSON.stringify(mutation)).not.toEqual([]);
      before = now;
    }
  });

  it("writes every name as text that leads back to it", () => {
    for (const name of hostileNames) expect(pathBytes(pathText(name))).toEqual(name);
    expect(pathText(Buffer.from([0x61, 0xff, 0x0a, 0x5c, 0xc2, 0x9b, 0xc3, 0xbc]))).toBe(
      "a\\xff\\n\\\\\\xc2\\x9bü",
    );
  });
});

describe("the small disk", () => {
  it("runs full, of bytes or of inodes, and is gone afterwards", async () => {
    let mountPoint = "";
    await withSmallDisk({ megabytes: 8 }, (disk) => {
      mountPoint = disk;
      expect(() => writeFileSync(join(disk, "big"), Buffer.alloc(9_000_000))).toThrow(/ENOSPC/);
    });
    expect(readFileSync("/proc/mounts", "utf8")).not.toContain(mountPoint);
    expect(existsSync(mountPoint)).toBe(false);
    const lastWords = new Error("the test failed");
    const full = withSmallDisk({ megabytes: 8, inodes: 64 }, (disk) => {
      mountPoint = disk;
      expect(() => {
        for (let n = 0; n < 64; n++) writeFileSync(join(disk, `${n}`), "");
      }).toThrow(/ENOSPC/);
      throw lastWords;
    });
    await expect(full).rejects.toBe(lastWords);
    expect(readFileSync("/proc/mounts", "utf8")).not.toContain(mountPoint);
  });
});

describe("a test's world", () => {
  it("runs commands to their end or in the background, and leaves no process", async () => {
    const world = makeWorld({ inFile: true });
    const shell = pobsyncIn(world, { program: "sh", timeoutMs: 5000, environment: { EXTRA: "1" } });
    const result = await shell.runWithInput("in", "-c", `echo '{"a":'$EXTRA'}'; cat >&2; exit 3`);
    expect(result).toMatchObject({ code: 3, signal: null, stderr: "in" });
    expect(result.json()).toEqual({ a: 1 });
    const { stdout } = await shell.run("-c", 'echo "$POBSYNC_STATE_DIR $POBSYNC_DATABASE_URL"');
    expect(stdout.trim()).toBe(`${world.stateDir} sqlite:${world.stateDir}/pobsync.sqlite3`);
    await expect(async () => (await shell.run("-c", "echo no JSON")).json()).rejects.toThrow(/no JSON/);

    const waiting = shell.start("-c", "echo ready for work; sleep 1000 & wait");
    expect((await waiting.waitForOutput(/ready for (\w+)/))[1]).toBe("work");
    await waitUntil(() => processesBelow(waiting.pid).length === 1, { what: "the sleep" });
    const [sleep] = processesBelow(waiting.pid);
    await expect(waiting.waitForOutput(/never/, 20)).rejects.toThrow(/20 ms.*never.*ready for work/s);
    await world.dispose();
    expect((await waiting.ended).signal).toBe("SIGKILL");
    expect([isAlive(sleep?.pid ?? 0), existsSync(world.dir)]).toEqual([false, false]);
  });
});
