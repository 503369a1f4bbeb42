// The trash: what was removed can be brought back for a while, whole, as long as there is room.
import { existsSync, readdirSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { withSmallDisk } from "../support/small-disk.ts";
import { sqlOf } from "../support/sql.ts";
import { treeFacts } from "../support/tree-facts.ts";

let site: BackupSite;
/** Newest first. */
let names: string[];
beforeEach(async () => {
  site = await makeSite();
  await site.configureHost(
    "nas",
    null,
    "--source",
    site.world.hostDir,
    "--keep-last",
    "1",
    "--trash-keep",
    "7d",
  );
  names = [];
  for (const content of ["one", "two", "three"]) {
    writeFileSync(join(site.world.hostDir, "file"), content);
    names.unshift((await site.backUp("nas")).snapshot.name);
  }
});
afterEach(() => site.world.dispose());

const facts = (folder: string, name: string) => treeFacts(site.pathOf("nas", folder, name, "data"));
const states = async () => {
  const { items } = (await site.ok("--json", "snapshots", "nas", "--all")).json();
  return Object.fromEntries(items.map((one: { name: string; state: string }) => [one.name, one.state]));
};
const prune = () => site.ok("--json", "retention", "nas", "--apply", "--yes");

it("keeps what is removed whole, says until when, and gives it back as it was", async () => {
  const [, second = "", first = ""] = names;
  const before = await facts("snapshots", second);
  const { remove, run } = (await prune()).json();
  expect(run.result).toEqual({ removed: [], trashed: [first, second], freedBytes: 0 });
  expect(remove).toHaveLength(2);
  for (const { snapshot } of remove) {
    expect(snapshot.state).toBe("removing");
    const days = (Date.parse(snapshot.trashUntil) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(6.9);
    expect(days).toBeLessThan(7);
  }
  expect(site.onDisk("nas", "snapshots")).toEqual([names[0]]);
  const listed = (await site.ok("retention", "nas")).stdout;
  expect(listed).toMatch(/^2 snapshots are in the trash, the first until .*: pobsync restore-from-trash/m);

  const { stdout } = await site.ok("restore-from-trash", "nas", second);
  expect(stdout).toContain(`${second} is back: ${site.pathOf("nas", "snapshots", second)}`);
  expect(await facts("snapshots", second)).toEqual(before);
  expect(await states()).toEqual({ [names[0] ?? ""]: "complete", [second]: "complete", [first]: "removing" });
  // The rules still say that it should go, so it is pinned for a week.
  expect((await prune()).json().remove).toEqual([]);
  const back = (await site.snapshots("nas")).find(({ name }) => name === second);
  expect(back?.pin).toMatchObject({ reason: "brought back from the trash" });
  expect((await site.ok("restore-from-trash", "nas", first)).code).toBe(0);
  expect(await site.backUp("nas")).toMatchObject({ run: { status: "succeeded" } });
});

it("refuses what is not there: never removed, deleted already, or no snapshot at all", async () => {
  const [newest = "", , first = ""] = names;
  for (const [name, code, problem] of [
    [newest, 5, "is not in the trash"],
    ["20200101T000000Z-manual-123456", 5, "is not in the trash"],
    ["../../etc", 2, "is not the name of one"],
  ] as const) {
    const result = await site.pobsync.run("restore-from-trash", "nas", name);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(problem)]);
  }
  await prune();
  const refused = await site.pobsync.run("empty-trash", "nas");
  expect([refused.code, existsSync(site.pathOf("nas", "trash", first))]).toEqual([2, true]);
  const emptied = (await site.ok("--json", "empty-trash", "nas", "--yes")).json();
  expect(emptied.removed.map(({ state }: { state: string }) => state)).toEqual(["removed", "removed"]);
  expect(emptied.run.result.freedBytes).toBeGreaterThan(0);
  expect((await site.pobsync.run("restore-from-trash", "nas", first)).code).toBe(5);
  expect(site.onDisk("nas", "snapshots")).toEqual([newest]);
});

it("is emptied by the worker when its time is over, and not before", async () => {
  await prune();
  await site.ok("worker");
  expect(Object.values(await states()).sort()).toEqual(["complete", "removing", "removing"]);
  const sql = sqlOf(site.world);
  const past = sql.literal("2026-01-01T00:00:00.000Z");
  sql.change(`update snapshots set trash_until = ${past} where state = 'removing'`);
  await site.ok("worker");
  // What it queues it does in its next round.
  await site.ok("worker");
  expect(Object.values(await states()).sort()).toEqual(["complete", "removed", "removed"]);
  const [run] = await site.runs();
  expect(run).toMatchObject({ kind: "prune", trigger: "scheduled", status: "succeeded", requestedBy: null });
});

it("keeps nothing on a disk that is nearly full, and lets go of what it has", async () => {
  await withSmallDisk({ megabytes: 48 }, async (disk) => {
    const root = join(disk, "root");
    await site.ok("remove-host", "nas", "--yes", "--delete-snapshots");
    await site.ok("configure-global", "--backup-root", root);
    await site.configureHost(
      "nas",
      null,
      "--source",
      site.world.hostDir,
      "--keep-last",
      "1",
      "--trash-keep",
      "7d",
    );
    await site.backUp("nas");
    await site.backUp("nas");
    await prune();
    expect(Object.values(await states()).sort()).toEqual(["complete", "removing"]);
    // A backup may still begin, which asks for 2 %.
    const { bavail, blocks, bsize } = statfsSync(disk);
    writeFileSync(join(disk, "filler"), Buffer.alloc(Math.floor(bavail - 0.05 * blocks) * bsize));
    await site.ok("worker");
    await site.ok("worker");
    expect(Object.values(await states()).sort()).toEqual(["complete", "removed"]);
    await site.backUp("nas");
    expect((await prune()).json().run.result.removed).toHaveLength(1);
    expect(readdirSync(join(root, "nas", "trash"))).toEqual([]);
  });
});

it("a prune after the trash was switched off deletes at once", async () => {
  await site.ok("configure-host", "nas", "--trash-keep", "0");
  const { run } = (await prune()).json();
  expect(run.result.removed).toHaveLength(2);
  expect(readdirSync(site.pathOf("nas", "trash"))).toEqual([]);
});
