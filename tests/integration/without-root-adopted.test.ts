// The history of another tool that ran without root, as rsync --fake-super leaves it: shown and given back as the host had it.
import { chmodSync, chownSync, existsSync, lchownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCatalog } from "../../src/catalog/catalog.ts";
import type { SnapshotJson } from "../../src/contract/types.ts";
import { unpackTar } from "../support/archives.ts";
import { cataloguedLines, walkedLines } from "../support/catalog-walk.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { startConsole, type TestConsole } from "../support/console.ts";
import { discover } from "../support/discovery.ts";
import { bytesOf, downloadUrl } from "../support/downloads.ts";
import { planted, plantTree } from "../support/hostile-tree.ts";
import { makeOrdinarySite, ORDINARY_USER, type OrdinarySite } from "../support/ordinary-user.ts";
import { restore } from "../support/restoring.ts";
import { runTool } from "../support/tool.ts";
import { type TreeFacts, treeFacts } from "../support/tree-facts.ts";

let at: OrdinarySite;
let console: TestConsole;
let source: string;
let expected: TreeFacts;

/** What the other tool left, which reads as root and writes as an ordinary user: a folder with one backup of the source. */
async function foreign(name: string): Promise<string> {
  const dir = join(at.site.world.stateDir, name);
  mkdirSync(dir);
  chownSync(dir, ORDINARY_USER, ORDINARY_USER);
  const other = join(at.site.world.dir, "other-side");
  writeFileSync(other, '#!/bin/sh\nshift\nexec sh -c "$*"\n', { mode: 0o755 });
  const user = `setpriv --reuid=${ORDINARY_USER} --regid=${ORDINARY_USER} --clear-groups`;
  const there = ["-e", other, `--rsync-path=${user} rsync`, "-M--fake-super"];
  await runTool("rsync", [
    "-aHAXS",
    "--modify-window=-1",
    ...there,
    `${source}/`,
    `there:${dir}/2024-01-01/`,
  ]);
  return dir;
}

async function adopt(host: string, dir: string, ...more: string[]): Promise<SnapshotJson> {
  await at.site.configureHost(host, at.sshd, "--source", source);
  await discover(at.site, 0, "--host", host, "--adopt", "plain", dir, "--of", source, ...more);
  const [snapshot] = await at.site.snapshots(host);
  if (snapshot === undefined) throw new Error(`nothing was adopted for ${host}`);
  return snapshot;
}

beforeAll(async () => {
  at = await makeOrdinarySite();
  source = join(at.site.world.hostDir, "srv", "tree");
  await plantTree(source, { sparseMebibytes: 16 });
  lchownSync(source, 1234, 4321);
  chmodSync(source, 0o2750);
  expected = await treeFacts(source);
  console = await startConsole({ world: at.site.world });
});
afterAll(async () => {
  await console.close();
  await at.dispose();
});

describe.each([
  ["in place", []],
  ["moved", ["--move", "--yes"]],
] as const)("a tree that keeps owners in attributes, adopted %s", (how, words) => {
  const host = how === "moved" ? "web2" : "web1";
  let snapshot: SnapshotJson;

  beforeAll(async () => {
    snapshot = await adopt(host, await foreign(host), ...words);
  });

  it("is known to be one", () => {
    expect(snapshot).toMatchObject({ fakeSuper: true });
  });

  it("is shown as the host had it, and so is its own folder", async () => {
    await at.site.ok("ls", `${host}:/`);
    const above = `${source.slice(1)}/`;
    const catalog = openCatalog(at.site.pathOf(host, "catalog.sqlite3"), "read");
    try {
      const lines = cataloguedLines(catalog, snapshot.name);
      const below = lines.filter((line) => line.startsWith(above));
      expect(below.map((line) => line.slice(above.length))).toEqual(walkedLines(source));
      expect(lines.find((line) => line.startsWith(`${source.slice(1)} | `))).toContain(" | 1234 | 4321 | ");
    } finally {
      catalog.close();
    }
    const link = await at.site.pobsync.run("cat", `${host}:${join(source, "links/relative")}`);
    expect(link.stderr).toContain("is a symbolic link to ../plain/report.txt");
    expect((await at.site.ok("cat", `${host}:${join(source, planted.closed)}`)).stdout).toBe("0000");
  });

  it("is given back through root of a host, to the last attribute", async () => {
    const dir = join(at.site.world.dir, `back-${host}`);
    const done = await restore(at.site, 0, host, "--to-host", `${host}:${dir}`, "--check");
    expect(compareTrees(expected, await treeFacts(join(dir, source)))).toEqual([]);
    expect(done).toMatchObject({ run: { status: "succeeded" }, checked: { differences: 0 } });
    rmSync(dir, { recursive: true });
  });

  it("comes to a folder of this server with contents, modes and links, by itself and from the top", async () => {
    for (const [path, place] of [
      [`${host}:${source}`, "tree"],
      [host, source.slice(1)],
    ] as const) {
      const dir = join(at.site.world.stateDir, `here-${host}-${place === "tree"}`);
      const looked = await restore(at.site, 3, path, "--to", dir, "--dry-run");
      expect(existsSync(dir)).toBe(false);
      const done = await restore(at.site, 3, path, "--to", dir);
      expect(done.preview).toMatchObject({ created: looked.preview.created, overwritten: 0 });
      const { entries } = await treeFacts(join(dir, place));
      expect(entries.get(".")).toMatchObject({ type: "directory", mode: 0o750, uid: ORDINARY_USER });
      for (const name of [planted.text, planted.danglingLink]) {
        const { type, content, target, mtimeNs } = expected.entries.get(name) ?? {};
        expect(entries.get(name)).toMatchObject({ type, content, target, mtimeNs });
      }
    }
  });

  it("is downloaded as the host had it, by itself and from above", async () => {
    for (const [path, place] of [
      [source, "tree"],
      [dirname(source), "srv/tree"],
    ] as const) {
      const unpacked = join(at.site.world.dir, `unpacked-${host}-${place.length}`);
      const answer = await console.fetch("operator", downloadUrl({ path, format: "tar" }, host));
      await unpackTar(await bytesOf(answer), unpacked);
      const isSocket = (below: string): boolean => expected.entries.get(below)?.type === "socket";
      const found = await treeFacts(join(unpacked, place));
      expect(compareTrees(expected, found, { ignorePath: isSocket })).toEqual([]);
    }
  });

  it("is read and compared by verify and by a drill", async () => {
    await at.site.ok("verify", host);
    await at.site.ok("drill", host, "--files", "2000");
  });
});

it("what may not be read keeps nobody from adopting the rest", async () => {
  const dir = await foreign("web3");
  const closed = join(dir, "2024-01-01", "a list of names");
  mkdirSync(join(closed, "below"), { recursive: true });
  chownSync(closed, ORDINARY_USER, ORDINARY_USER);
  chmodSync(closed, 0o400);
  expect(await adopt("web3", dir)).toMatchObject({ fakeSuper: true, state: "complete" });
});

it("a moved one is what the next backup shares its files with", async () => {
  const { run } = await at.site.backUp("web2");
  const [, adopted] = await at.site.snapshots("web2");
  expect(run).toMatchObject({ base: adopted?.name, stats: { newFiles: 0, newBytes: 0 } });
});
