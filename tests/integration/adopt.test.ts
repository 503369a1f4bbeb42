// Keeping the history of another tool where it lies: its trees become snapshots, and nothing of them is touched.
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SnapshotJson } from "../../src/contract/types.ts";
import { type Adopting, age, day, makeAdopting } from "../support/adopting.ts";
import type { BackupSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { discover, loseDatabase } from "../support/discovery.ts";
import { runTool } from "../support/tool.ts";
import { treeFacts } from "../support/tree-facts.ts";

let adopting: Adopting;
let site: BackupSite;
let source = "";
beforeAll(async () => {
  adopting = await makeAdopting();
  ({ site, source } = adopting);
});
afterAll(() => site.world.dispose());

/** Adopts in place, says what became of it, and proves that nothing of the tool's own was touched by that or by its repetition. */
async function adoptInPlace(host: string, tool: string, dir: string, ...options: string[]) {
  await adopting.configure(host);
  const before = await treeFacts(dir);
  const planned = await adopting.adopt(0, host, tool, dir, ...options, "--dry-run");
  expect(await site.snapshots(host)).toEqual([]);
  expect(existsSync(site.pathOf(host))).toBe(false);
  const found = await adopting.adopt(0, host, tool, dir, ...options);
  expect(found.hosts[0]).toEqual({ ...planned.hosts[0], run: expect.any(Number) });
  const count = found.recorded.length;
  const again = await adopting.adopt(0, host, tool, dir, ...options);
  expect(again).toMatchObject({ found: count, known: count, recorded: [], missing: [] });
  expect(again.refused).toEqual(found.refused);
  expect(compareTrees(before, await treeFacts(dir))).toEqual([]);
  expect(site.onDisk(host, "incomplete")).toEqual([]);
  const snapshots = await adopting.ofHost(host);
  expect(snapshots.map(({ name }) => name)).toEqual(found.recorded);
  return { found, snapshots };
}

/** What a person gets who copies a folder of a snapshot out. */
async function copied(snapshot: SnapshotJson | undefined, path: string): Promise<string> {
  const target = adopting.folder("copies", `${snapshot?.name}`);
  await runTool("cp", ["-a", `${join(snapshot?.dataPath ?? "", path)}/.`, target]);
  return target;
}

describe("in place", () => {
  it("rsnapshot's intervals are scheduled snapshots of the times at which they were made", async () => {
    const root = adopting.folder("rsnapshot");
    const lines = [
      ...["config_version 1.2", `snapshot_root ${root}/`, "cmd_rsync /usr/bin/rsync", "cmd_cp /bin/cp"],
      ...["retain daily 3", `lockfile ${site.world.dir}/rsnapshot.pid`],
      ...[`backup ${source}/ snap1/`, `backup ${source}/ other/`],
    ];
    const config = join(site.world.dir, "rsnapshot.conf");
    writeFileSync(config, `${lines.join("\n").replaceAll(" ", "\t")}\n`);
    const run = () => runTool("rsnapshot", ["-c", config, "daily"]);
    for (const number of [1, 2]) {
      await run();
      age(join(root, "daily.0"), number);
    }
    const { snapshots } = await adoptInPlace("snap1", "rsnapshot", root);
    expect(snapshots).toMatchObject([
      { startedAt: day(1).toISOString(), kind: "scheduled", fakeSuper: false },
      { startedAt: day(2).toISOString(), state: "complete", base: null, files: null },
    ]);
    expect(snapshots[0]?.adoptedFrom).toBe(join(root, "daily.1/snap1"));
    const copy = await copied(snapshots[0], source);
    expect(compareTrees(await treeFacts(source), await treeFacts(copy), { ignoreRoot: true })).toEqual([]);

    // Once it goes on, what was adopted is another backup's, and its own is found under its new name.
    await run();
    const rotated = await site.pobsync.run("--json", "discover-snapshots", "--host", "snap1");
    expect(rotated.code).toBe(3);
    expect(rotated.json().missing).toEqual(snapshots.map(({ name }) => name));
    expect(rotated.json().refused[0].why).toContain("but rsnapshot has put a later backup there");
    const anew = await adopting.adopt(3, "snap1", "rsnapshot", root);
    expect(anew.recorded).toHaveLength(3);
    const times = (await adopting.ofHost("snap1")).filter(({ state }) => state === "complete");
    expect(times.slice(0, 2).map(({ startedAt }) => startedAt)).toEqual(
      [1, 2].map((n) => day(n).toISOString()),
    );
  });

  it("what anybody can write on a file of their own makes it nobody else's", async () => {
    const dir = adopting.folder("forged");
    const file = join(adopting.folder("forged", "2024-01-01", "bin"), "mine");
    writeFileSync(file, "#!/bin/sh\n", { mode: 0o755 });
    chownSync(file, 1000, 1000);
    await runTool("setfattr", ["-n", "user.rsync.%stat", "-v", "104755 0,0 0:0", file]);
    await adopting.configure("forged");
    await adopting.adopt(0, "forged", "plain", dir, "--of", "/srv");
    expect(await site.snapshots("forged")).toMatchObject([{ fakeSuper: false }]);
    const to = join(site.world.dir, "forged-back");
    await site.ok("restore", "forged", "--to", to);
    const { uid, gid, mode } = lstatSync(join(to, "srv/bin/mine"));
    expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ uid: 1000, gid: 1000, mode: 0o755 });
  });

  it("dirvish's images are what their summaries say, at the place on the host that they say", async () => {
    const [etc, bank] = [adopting.folder("dirvish-etc"), adopting.folder("bank", "home", "dirvish")];
    const perl = readFileSync("/usr/sbin/dirvish", "utf8");
    const program = join(site.world.dir, "dirvish");
    const own = perl.replace(/^\$CONFDIR = .*$/m, `$CONFDIR = "${etc}";`);
    writeFileSync(program, own, { mode: 0o755 });
    writeFileSync(join(etc, "master.conf"), `bank:\n\t${join(site.world.hostDir, "bank")}\n`);
    writeFileSync(join(bank, "default.conf"), `client: localhost\ntree: ${source}\n`);
    const env = { TZ: "America/New_York" };
    for (const image of [["first", "--init"], ["second"]])
      await runTool(program, ["--vault", "home", "--image", ...image], { env });
    const vault = join(bank, "..");
    mkdirSync(join(vault, "unfinished", "tree"), { recursive: true });
    const { found, snapshots } = await adoptInPlace("dirv1", "dirvish", vault, "--time-zone", env.TZ);
    expect(found.refused).toEqual([
      { path: join(vault, "unfinished"), why: "has no summary, so it is not an image of dirvish" },
    ]);
    expect(snapshots).toHaveLength(2);
    for (const snapshot of snapshots) {
      expect(snapshot).toMatchObject({ kind: "scheduled", status: "succeeded" });
      expect(Math.abs(Date.now() - Date.parse(snapshot.startedAt))).toBeLessThan(120_000);
      // Its files are those of the folder that was backed up, so that is where they are in the snapshot.
      expect(readFileSync(join(snapshot.dataPath, source, "file"), "utf8")).toBe("content");
      expect(lstatSync(snapshot.dataPath).isDirectory()).toBe(true);
    }
  });

  it("rsync-time-backup's folders and plain ones have the times in their names", async () => {
    const root = adopting.folder("time");
    writeFileSync(join(root, "backup.marker"), "");
    for (const name of ["2024-01-01-021500", "2024-07-01-021500"]) {
      writeFileSync(join(adopting.folder("time", name), "file"), "content");
    }
    symlinkSync("2024-07-01-021500", join(root, "latest"));
    const zone = ["--time-zone", "Europe/Amsterdam"];
    const time = await adoptInPlace("time1", "rsync-time-backup", root, ...zone);
    expect(time.snapshots.map(({ startedAt }) => startedAt)).toEqual([
      "2024-01-01T01:15:00.000Z",
      "2024-07-01T00:15:00.000Z",
    ]);
    const dir = adopting.plainTrees("plain", 3);
    const plain = await adoptInPlace("plain1", "plain", dir, "--of", "/srv/a b/ö", "--time-zone", "UTC");
    expect(plain.snapshots).toMatchObject(
      [1, 2, 3].map((n) => ({ startedAt: `2024-01-0${n}T00:00:00.000Z` })),
    );
    const [first] = plain.snapshots;
    expect(first).toMatchObject({ kind: "manual", adoptedFrom: join(dir, "2024-01-01") });
    expect(readFileSync(join(await copied(first, "/srv/a b/ö"), "sub", "number"), "utf8")).toBe("1");
  });

  it("they are no base of a backup, survive every policy and the loss of the database, and can be missing", async () => {
    const { snapshots } = await adoptInPlace(
      "keep1",
      "plain",
      adopting.plainTrees("keep", 2),
      "--of",
      source,
    );
    const [first, second] = snapshots.map(({ name }) => name) as [string, string];
    const backup = await site.backUp("keep1");
    expect(backup.run.base).toBeNull();
    await site.ok("configure-host", "keep1", "--keep-last", "1");
    const plan = (await site.ok("--json", "retention", "keep1")).json();
    expect(plan.remove).toEqual([]);
    const before = await adopting.ofHost("keep1");
    await loseDatabase(site);
    await adopting.configure("keep1");
    expect(await discover(site, 0, "--host", "keep1")).toMatchObject({
      recorded: [first, second, backup.snapshot.name],
    });
    expect(await adopting.ofHost("keep1")).toEqual(before.map((one) => ({ ...one, runId: null })));
    const tree = `${before[0]?.adoptedFrom}`;
    renameSync(tree, `${tree}-aside`);
    expect(await discover(site, 3, "--host", "keep1")).toMatchObject({ missing: [first] });
    renameSync(`${tree}-aside`, tree);
    expect(await discover(site, 0, "--host", "keep1")).toMatchObject({ returned: [first] });
  });
});

describe("refused before anything is done", () => {
  it.each([
    ["a folder that holds the backup root", () => [site.world.dir], "holds the backup root itself"],
    ["the backup root", () => [site.world.backupRoot], "holds the backup root itself"],
    ["the folder of a host", () => [site.pathOf("plain1", "snapshots")], "is part of the backup root"],
    ["a folder that is not there", () => [join(site.world.dir, "nowhere")], "does not exist"],
    ["an empty folder", () => [adopting.folder("nothing")], "is empty"],
    ["a place that no host has", () => [adopting.folder("plain"), "--of", "srv"], "is not absolute"],
    [
      "a time zone that nobody knows",
      () => [adopting.folder("plain"), "--time-zone", "Mars/Olympus"],
      "is not known",
    ],
  ])("%s", async (_, args, why) => {
    const [before, runs] = [await site.snapshots("keep2"), await site.runs()];
    const result = await site.pobsync.run(
      "discover-snapshots",
      "--host",
      "keep2",
      "--adopt",
      "plain",
      ...args(),
    );
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(why);
    expect([await site.snapshots("keep2"), await site.runs()]).toEqual([before, runs]);
  });
  beforeAll(() => adopting.configure("keep2"));

  it.each([
    [["--adopt", "plain"], "--adopt needs the folder"],
    [["--adopt", "plain", "/srv"], "--adopt needs --host"],
    [["/srv"], "only understood with --adopt"],
    [["--of", "/srv"], "--of needs --adopt"],
    [["--time-zone", "UTC"], "--time-zone needs --adopt"],
    [
      ["--host", "keep2", "--adopt", "tar", "/srv"],
      "There are: rsnapshot, dirvish, rsync-time-backup, plain",
    ],
    [["--rebuild", "--host", "keep2", "--adopt", "plain", "/srv"], "contradict each other"],
  ])("%j", async (args, why) => {
    const result = await site.pobsync.run("discover-snapshots", ...args);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(why);
  });

  it("a host that nobody knows", async () => {
    const result = await site.pobsync.run("discover-snapshots", "--host", "no", "--adopt", "plain", source);
    expect(result.code).toBe(5);
  });
});
