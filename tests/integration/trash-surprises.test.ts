// Bringing snapshots back from the trash when something is odd: a crash in between, a pin that has run out, what a power
// cut brought back, or somebody else's things.
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { changeSql, makePrunableHost, type PrunableHost, statesOf, trashOf } from "../support/pruning.ts";
import { treeFacts } from "../support/tree-facts.ts";

let site: BackupSite;
/** Two of its snapshots lie in the trash. */
let of: PrunableHost;
let count = 0;
beforeAll(async () => {
  site = await makeSite();
  await site.ok("configure-global", "--trash-keep", "7d");
});
afterAll(() => site.world.dispose());
beforeEach(async () => {
  count += 1;
  of = await makePrunableHost(site, `host${count}`);
});

const restore = () => site.pobsync.run("--json", "restore-from-trash", of.host, of.oldest);
const trashed = (name = of.oldest): string => site.pathOf(of.host, "trash", name);
const dataOf = (folder: "snapshots" | "trash") => treeFacts(site.pathOf(of.host, folder, of.oldest, "data"));
/** Of the oldest. */
const setSql = (change: string): void =>
  changeSql(site, `update snapshots set ${change} where name = '${of.oldest}'`);
/** What is complete in SQL is in its place on disk, and nothing else is there. */
async function expectAgreement(): Promise<void> {
  const states = Object.entries(await statesOf(site, of.host));
  const complete = states.filter(([, state]) => state === "complete").map(([name]) => name);
  expect(site.onDisk(of.host, "snapshots")).toEqual(complete.sort());
}

it("one that died after SQL said so is finished by the same command; until then nothing is removed", async () => {
  expect((await of.prune()).code).toBe(0);
  const data = await dataOf("trash");
  const pin = JSON.stringify({ reason: "brought back from the trash", until: null, by: null });
  setSql(`state = 'complete', removal_run_id = null, trash_until = null, pin = '${pin}'`);
  const { name } = (await site.backUp(of.host)).snapshot;
  expect(await of.failingPrune()).toMatchObject({ code: "snapshots_missing", detail: of.oldest });
  expect(await dataOf("trash")).toEqual(data);
  expect((await restore()).code).toBe(0);
  expect(await dataOf("snapshots")).toEqual(data);
  expect((await of.prune()).code).toBe(0);
  expect(site.onDisk(of.host, "snapshots")).toEqual([of.oldest, name]);
  await expectAgreement();
});

it("one that died before it had pinned it costs nothing: it lies in the trash again, and comes back", async () => {
  expect((await of.prune()).code).toBe(0);
  const data = await dataOf("trash");
  setSql("state = 'complete', removal_run_id = null, trash_until = null");
  expect((await of.prune()).code).toBe(0);
  expect(await statesOf(site, of.host)).toMatchObject({ [of.oldest]: "removing" });
  expect((await restore()).code).toBe(0);
  expect(await dataOf("snapshots")).toEqual(data);
  await expectAgreement();
});

it("one that was still on its way into the trash stays where it is", async () => {
  expect((await of.prune()).code).toBe(0);
  renameSync(trashed(), of.place());
  expect((await restore()).code).toBe(0);
  expect(await statesOf(site, of.host)).toMatchObject({ [of.oldest]: "complete" });
  await expectAgreement();
  expect((await of.prune()).code).toBe(0);
  await expectAgreement();
});

it("what comes back stays for a while, also when it went because its pin had run out", async () => {
  const until = new Date(Date.now() - 1000).toISOString();
  setSql(`pin = '${JSON.stringify({ reason: "until yesterday", until, by: "ada" })}'`);
  expect((await of.prune()).code).toBe(0);
  expect((await restore()).code).toBe(0);
  expect((await of.prune()).json().remove).toEqual([]);
  expect(site.onDisk(of.host, "snapshots")).toEqual([of.oldest, of.newest]);
});

it("what was removed and is there again after a power cut is refused, or comes back in full", async () => {
  expect((await of.prune()).code).toBe(0);
  setSql("state = 'removed', trash_until = null");
  const { code } = await restore();
  const { [of.oldest]: state } = await statesOf(site, of.host);
  expect([`${code} ${state}`]).toEqual([code === 0 ? "0 complete" : "5 removed"]);
  await expectAgreement();
});

it.each([
  [
    "a folder of somebody's",
    () => {
      mkdirSync(trashed());
      writeFileSync(join(trashed(), "mine"), "mine");
    },
  ],
  ["a link", () => symlinkSync(site.world.hostDir, trashed())],
  ["a file", () => writeFileSync(trashed(), "a file")],
] as const)(
  "%s in the trash under a snapshot's name is not brought back as one, and not deleted",
  async (_, put) => {
    expect((await of.prune()).code).toBe(0);
    rmSync(trashed(), { recursive: true });
    put();
    const before = await treeFacts(site.pathOf(of.host, "trash"));
    expect((await restore()).code).not.toBe(0);
    expect(await treeFacts(site.pathOf(of.host, "trash"))).toEqual(before);
    expect(existsSync(of.place())).toBe(false);
    const emptied = await site.pobsync.run("--json", "empty-trash", of.host, "--yes");
    expect([emptied.code, emptied.json().run.problem.code]).toEqual([1, "prune_failed"]);
    expect(trashOf(site, of.host)).toEqual([of.oldest]);
    expect(await statesOf(site, of.host)).toMatchObject({ [of.oldest]: "removing", [of.middle]: "removed" });
  },
);
