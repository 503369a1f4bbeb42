// Repairs in whose middle something happens: a kill, a stop, a backup, another repair, a snapshot that goes away.
import { lstatSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compareTrees } from "../support/compare-trees.ts";
import { damage, flipped } from "../support/damage.ts";
import { gateBefore, type ProgramGate } from "../support/gated-program.ts";
import { makeRepairSite, type RepairSite } from "../support/repair-site.ts";
import { runTool } from "../support/tool.ts";
import { type TreeFacts, treeFacts } from "../support/tree-facts.ts";

// A repair keeps a file's attributes with `cp` before it writes, and gives them back with `cp` when the content is whole.
const BEFORE_WRITING = 1;
const AFTER_WRITING = 2;

let site: RepairSite;
let snapshot = "";
let whole: TreeFacts;
let gate: ProgramGate;
const dataOf = (name: string) => site.pathOf("nas", "snapshots", name, "data");

beforeEach(async () => {
  site = await makeRepairSite(null);
  for (const file of ["one", "two"]) site.write(file, `the content of ${file}`);
  const one = `${site.world.hostDir}/one`;
  await runTool("setcap", ["cap_net_raw+ep", one]);
  await runTool("touch", ["-d", "@1600000000.123456789", one]);
  snapshot = (await site.backUp("nas")).snapshot.name;
  whole = await treeFacts(dataOf(snapshot));
  gate = gateBefore(site.world, "cp");
});
afterEach(() => site.world.dispose());

const damageAll = async (...files: string[]) => {
  for (const file of files) await damage(site.stored(snapshot, file), flipped(3));
  await site.verify(1, "nas");
};
/** Starts a repair and lets it come so far. */
const startRepair = async (how: typeof BEFORE_WRITING | typeof AFTER_WRITING) => {
  const running = gate.pobsync.start("--json", "verify", "nas", "--damaged", "--repair");
  for (let at = 1; at < how; at += 1) {
    await gate.untilCame(at);
    gate.open("once");
  }
  await gate.untilCame(how);
  return running;
};
const differences = async () => compareTrees(whole, await treeFacts(dataOf(snapshot)));

describe("a repair that is killed", () => {
  it.each([
    ["before it has written", BEFORE_WRITING, false, 3],
    ["when content is whole and time and capabilities are not", AFTER_WRITING, false, 0],
    ["when it has written a part of the content", AFTER_WRITING, true, 3],
  ] as const)(
    "%s leaves the file recorded as damaged, and the next one mends it",
    async (_, at, half, exit) => {
      await damageAll("one");
      const running = await startRepair(at);
      await running.kill();
      // What was written last is taken back: nothing else tells a moment in the middle from one right after it.
      if (half) await damage(site.stored(snapshot, "one"), flipped(3));
      const wrong = (await differences()).join();
      expect(/content is/.test(wrong)).toBe(exit === 3);
      expect(/mtimeNs is.*capability is absent/.test(wrong)).toBe(at === AFTER_WRITING);
      expect(await site.results()).toEqual(["damaged"]);
      const still = await site.verify(1, "nas");
      expect(still.damaged.map(({ path, whyNot }) => [path, whyNot])).toEqual([
        [`${site.world.hostDir}/one`, null],
      ]);
      await site.verify(exit, "nas", "--damaged", "--repair");
      expect(await differences()).toEqual([]);
      expect(await site.results()).toEqual(["ok"]);
      expect(site.isTidy()).toBe(true);
    },
  );
});

it("a worker's repair that is stopped goes on in the next attempt with what it had not done yet", async () => {
  await damageAll("one", "two");
  await site.verify(0, "nas", "--repair", "--queue");
  const worker = gate.pobsync.start("worker", "--grace", "0");
  await gate.untilCame(1);
  gate.open("once");
  await gate.untilCame(2);
  worker.child.kill("SIGTERM");
  await worker.waitForOutput(/Stopping/, 60_000);
  gate.open("once");
  await worker.ended;
  expect((await differences()).length).toBe(1);
  await site.ok("worker");
  expect(await differences()).toEqual([]);
  expect(await site.results()).toEqual(["ok"]);
});

it("a backup meanwhile takes a file that is half mended from the host", async () => {
  await damageAll("one");
  const running = await startRepair(AFTER_WRITING);
  const { snapshot: next } = await site.backUp("nas");
  gate.open("for good");
  expect((await running.ended).code).toBe(3);
  expect(await differences()).toEqual([]);
  // Above the host's folder lie those of this machine, which other tests write to.
  const meanwhile = await treeFacts(dataOf(next.name));
  expect(compareTrees(whole, meanwhile, { ignoreDirectoryTimes: true })).toEqual([]);
  expect(lstatSync(site.stored(next.name, "one")).ino).not.toBe(lstatSync(site.stored(snapshot, "one")).ino);
  expect(lstatSync(site.stored(next.name, "two")).ino).toBe(lstatSync(site.stored(snapshot, "two")).ino);
  await site.verify(0, "nas");
});

it("a second repair of the host leaves the files to the first", async () => {
  await damageAll("one");
  const running = await startRepair(AFTER_WRITING);
  const second = await site.verify(1, "nas", "--damaged", "--repair");
  expect(second.damaged[0]?.whyNot).toMatch(/^run \d+ repairs files of this host/);
  gate.open("for good");
  expect((await running.ended).code).toBe(3);
  expect(await differences()).toEqual([]);
  expect(site.isTidy()).toBe(true);
});

it("a file that goes away meanwhile is no error", async () => {
  await damageAll("one", "two");
  const running = await startRepair(BEFORE_WRITING);
  for (const file of ["one", "two"]) rmSync(site.stored(snapshot, file));
  gate.open("for good");
  const { code, stdout } = await running.ended;
  expect([code, stdout]).toEqual([0, expect.stringContaining('"damaged": []')]);
});
