// A prune that was frozen for longer than its lease: another process settles it and decides anew, and when the first one
// wakes up it removes nothing any more.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { type Gate, makeGate } from "../support/gated-removal.ts";
import { type Pobsync, pobsyncIn, type RunningCommand } from "../support/pobsync.ts";
import { freezeTree, isAlive, processesMentioning, signalProcess } from "../support/processes.ts";
import { plantSnapshots, statesOf, trashOf, wholeOf } from "../support/pruning.ts";
import { sqlOf } from "../support/sql.ts";
import { treeFacts } from "../support/tree-facts.ts";
import { waitUntil } from "../support/wait-until.ts";

const COUNT = 40;
const LEASE = { POBSYNC_LEASE_SECONDS: "2" };

let site: BackupSite;
/** Whoever comes while the prune is frozen. */
let other: Pobsync;
let gate: Gate;
let newest: string;
/** Oldest first, in the order in which they go. */
let going: string[];
beforeEach(async () => {
  site = await makeSite();
  other = pobsyncIn(site.world, { environment: LEASE });
  await site.configureHost("nas", null, "--source", "/etc/hostname", "--keep-last", "1");
  const names = await plantSnapshots(site, "nas", COUNT);
  [newest = "", ...going] = names;
  going.reverse();
  gate = makeGate(site.world, LEASE);
});
afterEach(() => site.world.dispose());

const onDisk = (): string[] => site.onDisk("nas", "snapshots").toReversed();

const canBeWritten = (): boolean => sqlOf(site.world).isFree();

/** Freezes a prune with all that it started, but not in the middle of a write, where it would stand in everybody's way. */
const freeze = (prune: RunningCommand): Promise<number[]> =>
  waitUntil(
    () => {
      const frozen = freezeTree(prune.pid);
      if (canBeWritten()) return frozen;
      thaw(frozen);
      return null;
    },
    { what: "the prune to write nothing", everyMs: 1 },
  );

const thaw = (frozen: readonly number[]): void => {
  for (const pid of frozen) signalProcess(pid, "SIGCONT");
};

/** Repeats a command until the host is not busy any more, because the lease is over. */
async function untilItMay(...args: string[]): Promise<void> {
  const isDone = async (): Promise<boolean> => {
    const { code, stderr } = await other.run(...args);
    if (code !== 0 && code !== 4) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
    return code === 0;
  };
  await waitUntil(isDone, { what: `the lease to end, for ${args.join(" ")}`, everyMs: 200 });
}

type Frozen = { prune: RunningCommand; frozen: readonly number[]; id: number };

/** Wakes it up and lets it end. It says what happened to it. */
async function wake({ prune, frozen }: Omit<Frozen, "id">): Promise<void> {
  expect(isAlive(prune.pid)).toBe(true);
  gate.open("for good");
  thaw(frozen);
  const { code, stderr } = await prune.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/Run \d+ (was taken over by another process|is not this process's any more)\./);
  expect(processesMentioning(site.world.dir)).toEqual([]);
}

const runOf = async (id: number) => (await site.runs()).find((run) => run.id === id);

/** Quicker than asking the command line. */
const marked = (): number =>
  Number(sqlOf(site.world).rows("select count(*) as n from snapshots where state = 'removing'")[0]?.n);

/** States of those that were to go, in their order. */
async function statesOfGoing(): Promise<(string | undefined)[]> {
  const states = await statesOf(site, "nas");
  return going.map((name) => states[name]);
}

const dataOf = (folder: string, name: string) => treeFacts(site.pathOf("nas", folder, name, "data"));

/** Starts a prune and freezes it once it is that far. */
async function begin(isThere: () => boolean | Promise<boolean>): Promise<Frozen> {
  const prune = gate.pobsync.start("retention", "nas", "--apply", "--yes");
  await waitUntil(isThere, { what: "the moment to freeze", everyMs: 1 });
  const frozen = await freeze(prune);
  return { prune, frozen, id: (await site.runs())[0]?.id ?? 0 };
}

describe("while it deletes", () => {
  const beginToDelete = async (): Promise<Frozen> => {
    // The first is gone, the second is about to be deleted.
    gate.open("once");
    const begun = await begin(() => gate.came() === 2);
    expect((await statesOfGoing()).slice(0, 3)).toEqual(["removed", "removing", "removing"]);
    return begun;
  };

  it("finds that another one has finished it", async () => {
    const { id, ...victim } = await beginToDelete();
    await untilItMay("retention", "nas", "--apply", "--yes");
    expect(await runOf(id)).toMatchObject({ status: "failed", problem: { code: "worker_lost" } });
    expect([onDisk(), trashOf(site, "nas")]).toEqual([[newest], []]);
    const before = [await statesOf(site, "nas"), await wholeOf(site, "nas", [newest]), await site.runs()];
    await wake(victim);
    expect([onDisk(), trashOf(site, "nas")]).toEqual([[newest], []]);
    const after = [await statesOf(site, "nas"), await wholeOf(site, "nas", [newest]), await site.runs()];
    expect(after).toEqual(before);
  });

  it("leaves what was brought back from the trash, and what is new", async () => {
    const { id, ...victim } = await beginToDelete();
    const [, doomed = "", third = ""] = going;
    const data = await dataOf("trash", third);
    await untilItMay("restore-from-trash", "nas", third);
    expect((await runOf(id))?.status).toBe("failed");
    expect(await dataOf("snapshots", third)).toEqual(data);
    // What has begun to be deleted is not to be had any more.
    expect((await other.run("restore-from-trash", "nas", doomed)).code).toBe(5);
    const { snapshot } = await site.backUp("nas");
    const stay = [snapshot.name, newest, third];
    const before = [await wholeOf(site, "nas", stay), await statesOf(site, "nas")];
    await wake(victim);
    expect(new Set(onDisk())).toEqual(new Set(stay));
    expect([await wholeOf(site, "nas", stay), await statesOf(site, "nas")]).toEqual(before);
    await site.ok("retention", "nas", "--apply", "--yes");
    expect([new Set(onDisk()), trashOf(site, "nas")]).toEqual([new Set([snapshot.name, third]), []]);
    expect(await dataOf("snapshots", third)).toEqual(data);
  });
});

it("while it marks, marks no more: what it had marked is gone, the rest is as the policy now says", async () => {
  const { id, ...victim } = await begin(() => marked() > 3);
  const frozen = await statesOfGoing();
  const count = frozen.filter((state) => state === "removing").length;
  expect(count).toBeLessThan(going.length);
  await site.ok("configure-host", "nas", "--keep-last", `${COUNT}`);
  await untilItMay("retention", "nas", "--apply", "--yes");
  const stay = [newest, ...going.slice(count).reverse()];
  expect(onDisk()).toEqual(stay);
  await wake(victim);
  expect([onDisk(), trashOf(site, "nas")]).toEqual([stay, []]);
  expect(await statesOfGoing()).toEqual(frozen.map((state) => (state === "removing" ? "removed" : state)));
  expect((await runOf(id))?.status).toBe("failed");
});

it("while it moves them into the trash, moves no more: what was brought back stays where it is", async () => {
  const { id, ...victim } = await begin(() => trashOf(site, "nas").length > 3);
  // The very next one, which it may have been about to move.
  const back = going.find((name) => !trashOf(site, "nas").includes(name)) ?? "none";
  await untilItMay("restore-from-trash", "nas", back);
  const before = [await wholeOf(site, "nas", [back, newest]), await statesOf(site, "nas")];
  const there = onDisk();
  await wake(victim);
  expect([await wholeOf(site, "nas", [back, newest]), await statesOf(site, "nas")]).toEqual(before);
  // One that it had just moved when it was frozen it puts back, because it learns only now that it may not: that is the last.
  const last = going[going.indexOf(back) - 1] ?? "none";
  expect([there, [...there, last]]).toContainEqual(onDisk());
  expect((await runOf(id))?.status).toBe("failed");
  await site.ok("retention", "nas", "--apply", "--yes");
  expect([onDisk(), trashOf(site, "nas")]).toEqual([[newest, back], []]);
});
