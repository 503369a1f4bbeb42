// A prune that is stopped in the middle: what is gone is gone, what was marked goes with the next one, nothing else does.
// While it works, nobody else works on the host.
import { afterEach, beforeEach, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { type Gate, makeGate } from "../support/gated-removal.ts";
import type { RunningCommand } from "../support/pobsync.ts";
import { processesMentioning } from "../support/processes.ts";
import { plantSnapshots, statesOf, trashOf, wholeOf } from "../support/pruning.ts";
import { treeFacts } from "../support/tree-facts.ts";

let site: BackupSite;
let gate: Gate;
let prune: RunningCommand;
let newest: string;
/** Oldest first, in the order in which they go. */
let going: string[];
beforeEach(async () => {
  site = await makeSite();
  await site.configureHost("nas", null, "--source", "/etc/hostname", "--keep-last", "1");
  const names = await plantSnapshots(site, "nas", 5);
  [newest = "", ...going] = names;
  going.reverse();
  gate = makeGate(site.world);
  prune = gate.pobsync.start("--json", "retention", "nas", "--apply", "--yes");
  // The first is deleted, the second is about to be.
  gate.open("once");
  await gate.untilCame(2);
});
afterEach(() => site.world.dispose());

const expectHalfDone = async (): Promise<void> => {
  const states = await statesOf(site, "nas");
  expect(going.map((name) => states[name])).toEqual(["removed", "removing", "removing", "removing"]);
  expect(trashOf(site, "nas")).toEqual([`${going[1]}.doomed`, going[2], going[3]]);
  expect(site.onDisk("nas", "snapshots")).toEqual([newest]);
};

it.each([
  ["cancelled", 1, async () => site.ok("cancel", `${(await site.runs())[0]?.id}`)],
  ["interrupted", 130, async () => prune.child.kill("SIGINT")],
  ["interrupted", 130, async () => prune.child.kill("SIGTERM")],
] as const)("it ends as %s with %i, and the next one goes on", async (status, code, stop) => {
  const kept = await wholeOf(site, "nas", [newest]);
  await stop();
  const result = await prune.ended;
  expect([result.code, result.json().run.problem.code]).toEqual([code, status]);
  const [run] = await site.runs();
  expect(run).toMatchObject({ kind: "prune", status: "cancelled", problem: { code: status } });
  expect(processesMentioning(site.world.dir)).toEqual([]);
  await expectHalfDone();

  const next = (await site.ok("--json", "retention", "nas", "--apply", "--yes")).json();
  expect(next.run).toMatchObject({ status: "succeeded", result: { removed: going.slice(1) } });
  expect([site.onDisk("nas", "snapshots"), trashOf(site, "nas")]).toEqual([[newest], []]);
  expect(new Set(Object.values(await statesOf(site, "nas")))).toEqual(new Set(["complete", "removed"]));
  expect(await wholeOf(site, "nas", [newest])).toEqual(kept);
});

it("meanwhile the host is busy: no second prune, no backup, nothing from the trash; looking is free", async () => {
  for (const args of [
    ["retention", "nas", "--apply", "--yes"],
    ["backup", "nas"],
    ["restore-from-trash", "nas", going[2] ?? ""],
    ["empty-trash", "nas", "--yes"],
  ]) {
    const before = await treeFacts(site.pathOf("nas", "trash"));
    const result = await site.pobsync.run("--json", ...args);
    expect([result.code, result.json().problem.code]).toEqual([4, "host_busy"]);
    expect(await treeFacts(site.pathOf("nas", "trash"))).toEqual(before);
    expect(await site.runs()).toHaveLength(1);
  }
  const plan = (await site.ok("--json", "retention", "nas")).json();
  expect(plan).toMatchObject({ keep: [{ snapshot: { name: newest } }], remove: [] });
  expect((await site.ok("retention", "nas")).stdout).toContain("3 snapshots are still to be deleted");
  await expectHalfDone();
  gate.open("for good");
  expect((await prune.ended).code).toBe(0);
  expect(trashOf(site, "nas")).toEqual([]);
});

it("as the last step of a backup it is stopped as well, and the new snapshot is safe", async () => {
  gate.open("for good");
  await prune.ended;
  const second = makeGate(site.world, {}, "second gate");
  const backup = second.pobsync.start("--json", "backup", "nas", "--prune");
  await second.untilCame(1);
  await site.ok("cancel", `${(await site.runs())[0]?.id}`);
  const { code, json } = await backup.ended;
  const { run, snapshot } = json();
  expect([code, run.status, run.warnings.map((one: { code: string }) => one.code)]).toEqual([
    ...[3, "warning", ["prune_failed"]],
  ]);
  expect(site.onDisk("nas", "snapshots")).toEqual([snapshot.name]);
  expect(await statesOf(site, "nas")).toMatchObject({ [snapshot.name]: "complete", [newest]: "removing" });
  await site.ok("retention", "nas", "--apply", "--yes");
  expect([site.onDisk("nas", "snapshots"), trashOf(site, "nas")]).toEqual([[snapshot.name], []]);
});
