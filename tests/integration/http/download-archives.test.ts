// Archives of folders unpack to what the snapshot holds, in whichever way they are made, and whoever made the snapshot.
import { isUtf8 } from "node:buffer";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Adopting, makeAdopting } from "../../support/adopting.ts";
import { unpackTar, zipEntries } from "../../support/archives.ts";
import { compareTrees } from "../../support/compare-trees.ts";
import { startConsole, type TestConsole } from "../../support/console.ts";
import {
  bytesOf,
  type DownloadQuery,
  type DownloadSite,
  downloadUrl,
  listTar,
  makeDownloadSite,
} from "../../support/downloads.ts";
import { planted } from "../../support/hostile-tree.ts";
import { pathText } from "../../support/path-text.ts";
import { treeFacts } from "../../support/tree-facts.ts";
import { pathsBelow } from "../../support/tree-paths.ts";

let on: DownloadSite;
beforeAll(async () => {
  on = await makeDownloadSite();
});
afterAll(() => on.close());

describe("a folder as a tar", () => {
  it("is the folder: names, contents, modes, owners, times, attributes, links and holes", async () => {
    const unpacked = on.inWorld("unpacked");
    await unpackTar(await on.bytes({ path: on.tree, format: "tar" }), unpacked);
    expect(readdirSync(unpacked)).toEqual(["tree"]);
    const [expected, found] = [await treeFacts(on.stored(on.tree)), await treeFacts(join(unpacked, "tree"))];
    expect(
      compareTrees(expected, found, { ignorePath: (path) => expected.entries.get(path)?.type === "socket" }),
    ).toEqual([]);
  });

  it("of everything holds what the host had, and nothing of ours", async () => {
    const names = (await listTar(await on.bytes({ format: "tar" }))).split("\n");
    expect(names[0]).toBe(`${on.site.world.dir.split("/")[1]}/`);
    expect(names).toContain(`${join(on.source, "large", "end").slice(1)}`);
    expect(names.filter((name) => /^(\.|snapshot\.json|rsync\.log)/.test(name))).toEqual([]);
  });

  it("holds a single file, link, pipe or device as well, and neither waits for it nor follows it", async () => {
    for (const [path, type] of [
      [planted.text, "-"],
      [planted.danglingLink, "l"],
      ["special/fifo", "p"],
      ["special/block device", "b"],
    ] as [string, string][]) {
      const listed = await listTar(await on.bytes({ path: join(on.tree, path), format: "tar" }), "--verbose");
      expect(listed).toMatch(new RegExp(`^${type}.* ${path.slice(path.lastIndexOf("/") + 1)}`));
    }
    await on.expectRefusal(400, "bad_input", /socket is a socket/, {
      path: join(on.tree, "special/socket"),
      format: "tar",
    });
  });
});

/** Written a second time, so that the test does not judge the product by its own code. */
function nameInZip(path: Buffer): string {
  let name = "";
  for (let at = 0; at < path.length; ) {
    const length = [1, 2, 3, 4].find((n) => at + n <= path.length && isUtf8(path.subarray(at, at + n)));
    const part = path.subarray(at, at + (length ?? 1));
    const isPlain = length !== undefined && !/[\p{Cc}\\]/u.test(part.toString());
    const marked = (byte: number): string => `\ufffd${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    name += isPlain ? part.toString() : [...part].map(marked).join("");
    at += part.length;
  }
  return name;
}

describe("a folder as a zip", () => {
  it("is the folder: contents, permissions, times to two seconds, and links as links", async () => {
    const { items, comment } = await zipEntries(
      await on.bytes({ path: on.tree, format: "zip" }),
      on.site.world.dir,
    );
    const byName = new Map(items.map((item) => [item.name, item]));
    const facts = await treeFacts(on.stored(on.tree));
    const left: string[] = [];
    for (const { relative, absolute, isDirectory, isFile, isSymlink } of pathsBelow(on.stored(on.tree))) {
      const name = `tree/${nameInZip(relative)}`;
      const entry = byName.get(isDirectory ? `${name}/` : name);
      const fact = facts.entries.get(pathText(relative));
      if (!isDirectory && !isFile && !isSymlink) {
        left.push(pathText(relative));
        continue;
      }
      expect(entry, name).toBeDefined();
      if (isFile) expect(entry?.content?.equals(readFileSync(absolute)), name).toBe(true);
      if (isSymlink) expect(pathText(entry?.content ?? Buffer.alloc(0))).toBe(fact?.target);
      if (!isSymlink) expect((entry?.mode ?? 0) & 0o7777).toBe(fact?.mode);
      byName.delete(isDirectory ? `${name}/` : name);
    }
    byName.delete("tree/");
    expect([...byName.keys()]).toEqual([]);
    expect(left.length).toBeGreaterThan(3);
    expect(comment).toMatch(/^Left out/);
    expect(comment).toContain("special/fifo");
  });

  it("is whole as well when it is large", async () => {
    const { items } = await zipEntries(
      await on.bytes({ path: join(on.source, "large"), format: "zip" }),
      on.site.world.dir,
    );
    expect(items.map(({ name }) => name).sort()).toEqual(["large/", "large/big", "large/end"]);
    const big = items.find(({ name }) => name === "large/big");
    expect(big?.content?.equals(readFileSync(join(on.source, "large", "big")))).toBe(true);
  });

  it("holds a single file, and no device", async () => {
    const one = await zipEntries(
      await on.bytes({ path: join(on.tree, planted.text), format: "zip" }),
      on.site.world.dir,
    );
    expect(one.items.map(({ name }) => name)).toEqual(["report.txt"]);
    await on.expectRefusal(400, "bad_input", /fifo is a pipe/, {
      path: join(on.tree, "special/fifo"),
      format: "zip",
    });
  });
});

describe("a snapshot that another tool made and that lies where it was", () => {
  let adopting: Adopting;
  let old: TestConsole;
  beforeAll(async () => {
    adopting = await makeAdopting();
    await adopting.configure("old1");
    await adopting.adopt(0, "old1", "plain", adopting.plainTrees("plain", 1), "--of", "/srv/da\\\\ta,&x");
    old = await startConsole({ world: adopting.site.world });
  });
  afterAll(async () => {
    await old.close();
    await adopting.site.world.dispose();
  });

  const ofOld = async (query: DownloadQuery): Promise<Buffer> =>
    bytesOf(await old.fetch("operator", downloadUrl(query, "old1")));

  it("is downloaded like any other, under the host's names", async () => {
    expect((await ofOld({ path: "/srv/da\\\\ta,&x/sub/number" })).toString()).toBe("1");
    const dir = adopting.site.world.dir;
    for (const [path, below] of [
      ["/", "srv/da"],
      ["/srv", "srv/da"],
      ["/srv/da\\\\ta,&x", "da"],
      ["/srv/da\\\\ta,&x/sub", ""],
    ] as [string, string][]) {
      const listed = await listTar(await ofOld({ path, format: "tar" }));
      const zipped = await zipEntries(await ofOld({ path, format: "zip" }), dir);
      const prefixOf = (mark: string): string => (below === "" ? "" : `${below}${mark}ta,&x/`);
      expect(listed.split("\n")).toContain(`${prefixOf("_")}sub/number`);
      expect(zipped.items.map(({ name }) => name)).toContain(`${prefixOf("\ufffd5C")}sub/number`);
    }
  });

  it("that has gone is refused in words", async () => {
    rmSync(join(adopting.site.world.hostDir, "plain"), { recursive: true });
    const answer = await old.request("operator", "GET", downloadUrl({ path: "/srv", format: "tar" }, "old1"));
    expect({ status: answer.status, code: answer.body.code }).toEqual({
      status: 500,
      code: "snapshots_missing",
    });
    expect(old.logged).toEqual([]);
  });
});
