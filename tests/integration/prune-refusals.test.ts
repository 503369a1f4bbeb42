// A prune that finds something else where a snapshot should be: that is not touched, and the rest goes all the same.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { makePrunableHost, type PrunableHost, statesOf, trashOf } from "../support/pruning.ts";
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

const rewrite = (change: (metadata: Record<string, unknown>) => void): void => {
  const file = join(of.place(), "snapshot.json");
  const metadata = JSON.parse(readFileSync(file, "utf8"));
  change(metadata);
  writeFileSync(file, JSON.stringify(metadata));
};
/** The folder of the snapshot is moved out of the way. */
const moveAway = (): void => renameSync(of.place(), join(outside, of.oldest));

/** What is in the snapshots' folder, but for the middle one. */
async function besidesMiddle(): Promise<[string, EntryFacts][]> {
  const { entries } = await treeFacts(site.pathOf(of.host, "snapshots"));
  return [...entries].filter(([path]) => path !== "." && !path.startsWith(of.middle));
}

describe("what is not our snapshot is not touched, and the others go:", () => {
  const nothing = (): void => {};
  it.each<[what: string, act: () => unknown, undo?: () => unknown]>([
    [
      "a folder of somebody's",
      () => {
        moveAway();
        mkdirSync(of.place());
        writeFileSync(join(of.place(), "notes"), "mine");
      },
    ],
    [
      "a link to the snapshot itself, elsewhere",
      () => {
        moveAway();
        symlinkSync(join(outside, of.oldest), of.place());
      },
    ],
    [
      "a file",
      () => {
        moveAway();
        writeFileSync(of.place(), "a file");
      },
    ],
    ["another host's snapshot", () => rewrite((metadata) => Object.assign(metadata, { host: "laptop" }))],
    ["another snapshot", () => rewrite((metadata) => Object.assign(metadata, { name: of.newest }))],
    ["one without snapshot.json", () => unlinkSync(join(of.place(), "snapshot.json"))],
    ["one of a newer version", () => rewrite((metadata) => Object.assign(metadata, { version: 99 }))],
    [
      "one whose snapshot.json is damaged",
      () => writeFileSync(join(of.place(), "snapshot.json"), '{"version":'),
    ],
    [
      "one whose snapshot.json is a link",
      () => {
        renameSync(join(of.place(), "snapshot.json"), join(outside, "snapshot.json"));
        symlinkSync(join(outside, "snapshot.json"), join(of.place(), "snapshot.json"));
      },
    ],
    [
      "one whose snapshot.json is a pipe",
      async () => {
        unlinkSync(join(of.place(), "snapshot.json"));
        await runTool("mkfifo", [join(of.place(), "snapshot.json")]);
      },
    ],
    [
      "another disk that is mounted there",
      async () => {
        await runTool("mount", ["-t", "tmpfs", "-o", "size=1M", "test", of.place()]);
        cpSync(of.place(of.middle), of.place(), { recursive: true });
        rewrite((metadata) => Object.assign(metadata, { name: of.oldest }));
      },
      () => runTool("umount", [of.place()]),
    ],
  ])("%s", async (_, act, undo = nothing) => {
    try {
      await act();
      const before = [await besidesMiddle(), await treeFacts(outside)];
      const problem = await of.failingPrune();
      expect(problem).toMatchObject({ code: "prune_failed", detail: expect.stringContaining(of.place()) });
      expect(problem.detail).toContain("is not touched");
      expect([await besidesMiddle(), await treeFacts(outside)]).toEqual(before);
      expect([existsSync(of.place(of.middle)), trashOf(site, of.host)]).toEqual([false, []]);
      expect(await statesOf(site, of.host)).toEqual({
        ...{ [of.newest]: "complete", [of.middle]: "removed", [of.oldest]: "complete" },
      });
    } finally {
      await undo();
    }
  });
});

describe("what the plan counts on", () => {
  it("must be on disk: otherwise nothing goes, and it is said what is missing", async () => {
    renameSync(of.place(of.newest), join(outside, of.newest));
    const problem = await of.failingPrune();
    expect(problem).toMatchObject({ code: "snapshots_missing", detail: of.newest });
    expect(site.onDisk(of.host, "snapshots")).toEqual([of.oldest, of.middle].sort());
    const states = { [of.newest]: "complete", [of.middle]: "complete", [of.oldest]: "complete" };
    expect(await statesOf(site, of.host)).toEqual(states);
    renameSync(join(outside, of.newest), of.place(of.newest));
    expect((await of.prune()).code).toBe(0);
  });

  it.each([
    ["an empty folder", () => mkdirSync(of.place(of.newest))],
    ["a link to nowhere", () => symlinkSync("nowhere", of.place(of.newest))],
  ] as const)("must be it, and not %s in its place", async (_, put) => {
    renameSync(of.place(of.newest), join(outside, of.newest));
    put();
    expect(await of.failingPrune()).toMatchObject({
      code: "snapshots_missing",
      detail: expect.stringContaining(of.newest),
    });
    expect([existsSync(of.place(of.middle)), existsSync(of.place())]).toEqual([true, true]);
  });

  it("and the right disk too", async () => {
    renameSync(site.world.backupRoot, `${site.world.backupRoot}.aside`);
    mkdirSync(site.world.backupRoot);
    expect((await of.failingPrune()).code).toBe("root_not_mounted");
    rmSync(site.world.backupRoot, { recursive: true });
    renameSync(`${site.world.backupRoot}.aside`, site.world.backupRoot);
    expect(Object.values(await statesOf(site, of.host))).toEqual(["complete", "complete", "complete"]);
  });

  it("is not what should go: that is noted as removed when somebody was faster", async () => {
    rmSync(of.place(), { recursive: true });
    rmSync(of.place(of.middle), { recursive: true });
    const done = await of.prune();
    expect([done.code, done.json().run.result.freedBytes]).toEqual([0, 0]);
    expect(await statesOf(site, of.host)).toEqual({
      ...{ [of.newest]: "complete", [of.middle]: "removed", [of.oldest]: "removed" },
    });
  });
});

it("what came back after it was removed, as after a power cut, goes again; what nobody knows stays", async () => {
  cpSync(of.place(), join(outside, of.oldest), { recursive: true });
  expect((await of.prune()).code).toBe(0);
  renameSync(join(outside, of.oldest), site.pathOf(of.host, "trash", of.oldest));
  const unknown = site.pathOf(of.host, "trash", "20200101T000000Z-manual-123456");
  for (const folder of [unknown, site.pathOf(of.host, "trash", "by hand")]) {
    mkdirSync(folder);
    writeFileSync(join(folder, "precious"), "precious");
  }
  const before = await treeFacts(unknown);
  expect((await of.prune()).code).toBe(0);
  expect(trashOf(site, of.host)).toEqual(["20200101T000000Z-manual-123456", "by hand"]);
  expect(await treeFacts(unknown)).toEqual(before);
});
