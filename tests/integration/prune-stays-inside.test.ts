// A prune never leaves the host's folder, whatever stands in place of a folder or lies in a snapshot.
import { cpSync, existsSync, mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { bytesOnlyIn, makePrunableHost, type PrunableHost, trashOf, unmountAll } from "../support/pruning.ts";
import { runTool } from "../support/tool.ts";
import { type EntryFacts, treeFacts } from "../support/tree-facts.ts";

let site: BackupSite;
let of: PrunableHost;
/** A folder outside of the backup root. */
let outside: string;
let count = 0;
beforeAll(async () => {
  site = await makeSite();
});
afterAll(() => site.world.dispose());
beforeEach(async () => {
  count += 1;
  of = await makePrunableHost(site, `host${count}`);
  outside = join(site.world.dir, `outside ${count}`);
  mkdirSync(outside);
  writeFileSync(join(outside, "precious"), "precious");
});

/** What a tree holds, but for the new file in which a run says what it did, and the catalog. */
async function factsWithoutLogs(tree: string): Promise<[string, EntryFacts][]> {
  const isNote = (path: string): boolean => /^host($|\/logs|\/catalog\.)/.test(path);
  return [...(await treeFacts(tree)).entries].filter(([path]) => !isNote(path));
}

it("a folder of the same disk that is mounted in place of a snapshot is left alone until it is gone", async () => {
  cpSync(of.place(), join(outside, "copy"), { recursive: true });
  await runTool("mount", ["--bind", join(outside, "copy"), of.place()]);
  const before = await treeFacts(outside);
  try {
    expect((await of.failingPrune()).detail).toContain(of.oldest);
    expect([await treeFacts(outside), existsSync(of.place(of.middle))]).toEqual([before, false]);
  } finally {
    await unmountAll(site);
  }
  expect((await of.prune()).code).toBe(0);
  expect([site.onDisk(of.host, "snapshots"), trashOf(site, of.host)]).toEqual([[of.newest], []]);
  expect(await treeFacts(outside)).toEqual(before);
});

describe("nothing outside of the host's folder is touched", () => {
  it.each([
    ["the host's folder", ""],
    ["its snapshots", "snapshots"],
    ["its trash", "trash"],
  ])("when a link leads there in place of %s", async (_, part) => {
    // What is there looks like a copy of all that the host has had, removed snapshots too.
    await site.ok("configure-host", of.host, "--keep-last", "2");
    cpSync(site.pathOf(of.host), join(outside, "host"), { recursive: true, verbatimSymlinks: true });
    cpSync(of.place(), join(outside, "host/trash", of.oldest), { recursive: true });
    expect((await of.prune()).code).toBe(0);
    const path = site.pathOf(of.host, part);
    renameSync(path, `${path}.aside`);
    symlinkSync(join(outside, "host", part), path);
    await site.ok("configure-host", of.host, "--keep-last", "1");
    const trees = [outside, `${path}.aside`];
    const before = await Promise.all(trees.map(factsWithoutLogs));
    await of.failingPrune();
    expect(await Promise.all(trees.map(factsWithoutLogs))).toEqual(before);

    unlinkSync(path);
    renameSync(`${path}.aside`, path);
    expect((await of.prune()).code).toBe(0);
    expect([site.onDisk(of.host, "snapshots"), trashOf(site, of.host)]).toEqual([[of.newest], []]);
    expect(await factsWithoutLogs(outside)).toEqual(before[0]);
  });

  it("when snapshots hold links to it, or something of it is mounted in them", async () => {
    symlinkSync(outside, join(of.place(), "data", "link"));
    symlinkSync("../../../../..", join(of.place(), "data", "up"));
    mkdirSync(join(of.place(), "data", "mount\npoint \\ here"));
    await runTool("mount", ["--bind", outside, join(of.place(), "data", "mount\npoint \\ here")]);
    const before = await treeFacts(outside);
    try {
      const problem = await of.failingPrune();
      expect(problem.detail).toContain("mounted");
      expect([await treeFacts(outside), existsSync(of.place(of.middle))]).toEqual([before, false]);
    } finally {
      await unmountAll(site);
    }
    const bytes = bytesOnlyIn(trashOf(site, of.host).map((name) => site.pathOf(of.host, "trash", name)));
    const done = await of.prune();
    expect([done.code, done.json().run.result.freedBytes]).toEqual([0, bytes]);
    expect([site.onDisk(of.host, "snapshots"), trashOf(site, of.host)]).toEqual([[of.newest], []]);
    expect(await treeFacts(outside)).toEqual(before);
  });
});
