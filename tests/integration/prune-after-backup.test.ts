// A prune as the last step of a backup: what it removes, and that nothing that goes wrong with it costs the new snapshot.
import { mkdirSync, readlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BackupShape } from "../../src/contract/schemas.ts";
import type { RunJson } from "../../src/contract/types.ts";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { makeGate } from "../support/gated-removal.ts";
import { signalProcess } from "../support/processes.ts";
import {
  changeSql,
  makePrunableHost,
  type PrunableHost,
  statesOf,
  trashOf,
  unmountAll,
} from "../support/pruning.ts";
import { sqlOf } from "../support/sql.ts";
import { runTool } from "../support/tool.ts";

let site: BackupSite;
let of: PrunableHost;
let count = 0;
beforeAll(async () => {
  site = await makeSite();
});
afterAll(async () => {
  await unmountAll(site);
  await site.world.dispose();
});
beforeEach(async () => {
  count += 1;
  of = await makePrunableHost(site, `host${count}`);
});

const onDisk = (): string[] => site.onDisk(of.host, "snapshots");
/** Code, run and the rest of what a backup with --prune says. */
async function backUp(...options: string[]) {
  const { code, json } = await site.pobsync.run("--json", "backup", of.host, "--prune", ...options);
  const { run, snapshot, pruned } = BackupShape.strict().parse(json());
  return { code, run, snapshot, pruned, name: snapshot?.name ?? "none" };
}
/** The new snapshot is there, and everything says so. */
async function expectSnapshot(name: string): Promise<void> {
  expect(onDisk()).toContain(name);
  expect(await statesOf(site, of.host)).toMatchObject({ [name]: "complete" });
  expect(readlinkSync(site.pathOf(of.host, "latest"))).toBe(`snapshots/${name}`);
}

it("says what it removed, in the run and beside it", async () => {
  const { code, run, pruned, name } = await backUp("--max-delete", "3");
  expect({ code, status: run?.status, warnings: run?.warnings }).toEqual({
    ...{ code: 0, status: "succeeded", warnings: [] },
  });
  expect(pruned).toEqual([of.newest, of.middle, of.oldest]);
  expect(run?.result).toMatchObject({ removed: [of.oldest, of.middle, of.newest], trashed: [] });
  expect(run?.result?.freedBytes).toBeGreaterThan(30_000);
  expect(onDisk()).toEqual([name]);
  await expectSnapshot(name);
  const { stdout } = await site.ok("backup", of.host, "--prune");
  expect(stdout).toMatch(/^ {2}pruned: 1 snapshot deleted, .* given back$/m);
});

it("removes nothing and warns when more would go than is allowed", async () => {
  const { code, run, pruned, name } = await backUp("--max-delete", "0");
  expect({ code, status: run?.status, pruned }).toEqual({ code: 3, status: "warning", pruned: [] });
  expect(run?.warnings).toMatchObject([
    { code: "too_many_to_delete", detail: [of.newest, of.middle, of.oldest].join("\n") },
  ]);
  expect(onDisk()).toEqual([of.oldest, of.middle, of.newest, name].sort());
  await expectSnapshot(name);
});

it("is held and warns where nothing says what to keep", async () => {
  await site.ok("configure-host", of.host, "--unset", "keepLast");
  const { code, run, name } = await backUp();
  expect([code, run?.warnings.map((warning) => warning.code)]).toEqual([3, ["no_policy"]]);
  await expectSnapshot(name);
  expect(onDisk()).toHaveLength(4);
});

describe("that a schedule asks for", () => {
  const scheduled = async (...options: string[]): Promise<RunJson | undefined> => {
    await site.ok("schedule", of.host, "--cron", "0 0 1 1 *", "--prune", ...options);
    const dueAt = sqlOf(site.world).literal(new Date(Date.now() - 3_600_000).toISOString());
    changeSql(site, `update schedules set next_due_at = ${dueAt} where next_due_at > ${dueAt}`);
    await site.ok("scheduler");
    await site.ok("worker");
    const runs = (await site.runs()).filter(({ host }) => host === of.host);
    await site.ok("schedule", of.host, "--remove");
    expect(runs).toHaveLength(1);
    return runs[0];
  };

  it("is done by the worker, up to as many as it allows", async () => {
    const run = await scheduled("--max-delete", "3");
    expect(run).toMatchObject({
      ...{ kind: "backup", trigger: "scheduled", status: "succeeded", prune: true },
      result: { removed: [of.oldest, of.middle, of.newest] },
    });
    expect(onDisk()).toEqual([run?.snapshot]);
    await expectSnapshot(run?.snapshot ?? "");
  });

  it("removes nothing and warns beyond that", async () => {
    const run = await scheduled("--max-delete", "2");
    expect(run).toMatchObject({ status: "warning", warnings: [{ code: "too_many_to_delete" }] });
    expect(onDisk()).toHaveLength(4);
    await expectSnapshot(run?.snapshot ?? "");
  });
});

describe("that cannot remove a snapshot makes a warning, and the next prune finishes it:", () => {
  const obstacle = (folder: "snapshots" | "trash", suffix = ""): string =>
    site.pathOf(of.host, folder, `${of.oldest}${suffix}`, "data", "stubborn");

  it.each([
    ["a folder that nobody may change", ["chattr", "+i"], ["chattr", "-i"]],
    ["a mounted folder", ["mount", "-t", "tmpfs", "test"], ["umount"]],
  ] as const)("%s", async (_, put, takeAway) => {
    mkdirSync(obstacle("snapshots"));
    writeFileSync(join(obstacle("snapshots"), "file"), "content");
    const [program, ...args] = put;
    await runTool(program, [...args, obstacle("snapshots")]);
    const doomed = (): string | undefined => trashOf(site, of.host)[0];
    try {
      const { code, run, name } = await backUp();
      expect({ code, status: run?.status, problem: run?.problem }).toEqual({
        ...{ code: 3, status: "warning", problem: null },
      });
      expect(run?.warnings).toMatchObject([
        { code: "prune_failed", detail: expect.stringContaining(of.oldest) },
      ]);
      expect(run?.result?.removed).toEqual([of.middle, of.newest]);
      expect(onDisk()).toEqual([name]);
      await expectSnapshot(name);
      expect(await statesOf(site, of.host)).toMatchObject({
        [of.oldest]: "removing",
        [of.middle]: "removed",
      });
      // As long as it is in the way, a backup is made all the same, and a prune fails.
      expect((await backUp()).code).toBe(3);
      expect((await of.failingPrune()).detail).toContain(of.oldest);
    } finally {
      const [program, ...args] = takeAway;
      const place = doomed()?.endsWith(".doomed") ? obstacle("trash", ".doomed") : obstacle("snapshots");
      await runTool(program, [...args, place]);
    }
    const done = await of.prune();
    expect([done.code, done.json().run.result.removed]).toEqual([0, [of.oldest]]);
    expect([onDisk().length, trashOf(site, of.host)]).toEqual([1, []]);
    expect((await site.pobsync.run("restore-from-trash", of.host, of.oldest)).code).toBe(5);
  });
});

it("counts as pruned only what is gone, or lies in the trash", async () => {
  unlinkSync(join(of.place(), "snapshot.json"));
  mkdirSync(join(of.place(of.middle), "data", "mounted"));
  await runTool("mount", ["-t", "tmpfs", "test", join(of.place(of.middle), "data", "mounted")]);
  const { code, run, pruned } = await backUp();
  await unmountAll(site);
  expect([code, run?.result?.removed]).toEqual([3, [of.newest]]);
  expect(pruned).toEqual([of.newest]);
});

it("leaves `latest` on a snapshot that is there at every moment, also when it dies in the middle", async () => {
  const gate = makeGate(site.world);
  const backup = gate.pobsync.start("backup", of.host, "--prune");
  await gate.untilCame(1);
  const { state } = (await site.snapshots(of.host))[0] ?? {};
  signalProcess(backup.pid, "SIGKILL");
  await backup.ended;
  expect(state).toBe("complete");
  const [name, ...others] = onDisk();
  expect(others).toEqual([]);
  expect(readlinkSync(site.pathOf(of.host, "latest"))).toBe(`snapshots/${name}`);
  expect((await of.prune()).code).toBe(0);
  await expectSnapshot(name ?? "");
});
