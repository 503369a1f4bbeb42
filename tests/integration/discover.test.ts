// What discover-snapshots makes of the disk: what lies there is recorded, and what does not is said and never forgotten.
import { mkdirSync, readlinkSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SnapshotJson } from "../../src/contract/types.ts";
import { openDatabase } from "../../src/store/database.ts";
import { listSnapshots } from "../../src/store/snapshots.ts";
import type { BackupSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { discover, loseDatabase, multiply, siteWithSnapshots } from "../support/discovery.ts";
import { below, seededRandom } from "../support/random.ts";
import { treeFacts } from "../support/tree-facts.ts";
import { waitUntil } from "../support/wait-until.ts";

let site: BackupSite;
let source = "";
beforeAll(async () => {
  ({ site, source } = await siteWithSnapshots());
});
afterAll(() => site.world.dispose());

const configure = () => site.configureHost("web1", null, "--source", source);
const folderOf = (name: string, ...parts: string[]) => site.pathOf("web1", "snapshots", name, ...parts);
const latest = () => readlinkSync(site.pathOf("web1", "latest"));
const stateOf = async (name: string) =>
  (await site.snapshots("web1")).find((one) => one.name === name)?.state;

describe("after the database was lost", () => {
  let before: SnapshotJson[];

  it("a host that is configured again has its snapshots as before: times, counts, pins and bases", async () => {
    const [newest, , oldest] = await site.snapshots("web1");
    await site.ok("pin", "web1", `${oldest?.name}`, "--reason", "before the move");
    before = await site.snapshots("web1");
    const trees = await treeFacts(site.pathOf("web1", "snapshots"));
    await loseDatabase(site);
    await configure();
    const found = await discover(site, 0);
    const names = before.map(({ name }) => name).reverse();
    expect(found).toMatchObject({ found: 3, recorded: names, known: 0, missing: [], refused: [] });
    expect(found.hosts).toMatchObject([{ host: "web1", run: 1, recorded: names, rebuilt: null }]);
    // The runs that made them are not in the history any more.
    expect(await site.snapshots("web1")).toEqual(before.map((snapshot) => ({ ...snapshot, runId: null })));
    expect(before.at(-1)?.pin).toMatchObject({ reason: "before the move" });
    expect(before.map(({ base }) => base)).toEqual([before[1]?.name, before[2]?.name, null]);
    expect(compareTrees(trees, await treeFacts(site.pathOf("web1", "snapshots")))).toEqual([]);
    expect(latest()).toBe(`snapshots/${newest?.name}`);
    expect(await discover(site, 0)).toMatchObject({ found: 3, recorded: [], known: 3 });
  });

  it("the next backup shares what has not changed with the newest of them", async () => {
    const { run, snapshot } = await site.backUp("web1");
    expect(run.base).toBe(before[0]?.name);
    const inode = (dataPath = "") => statSync(join(dataPath, source, "kept")).ino;
    expect(inode(snapshot.dataPath)).toBe(inode(before[0]?.dataPath));
  });

  it("a base that is gone is no base, and the run of that number is another one's", async () => {
    const [newest, ...older] = await site.snapshots("web1");
    await loseDatabase(site);
    await configure();
    const aside = site.pathOf("web1", "aside");
    renameSync(folderOf(`${older[0]?.name}`), aside);
    await discover(site, 0);
    const record = (await site.snapshots("web1"))[0];
    expect(record).toMatchObject({ name: newest?.name, base: null, runId: null });
    renameSync(aside, folderOf(`${older[0]?.name}`));
    expect(await discover(site, 0)).toMatchObject({ recorded: [older[0]?.name] });
  });

  it("what was on its way out is in the trash and stays there, and is pointed at", async () => {
    const [name] = site.onDisk("web1", "snapshots") as [string];
    const trash = site.pathOf("web1", "trash");
    mkdirSync(trash);
    await loseDatabase(site);
    await configure();
    renameSync(folderOf(name), join(trash, name));
    const { refused, recorded } = await discover(site, 0);
    expect(recorded).not.toContain(name);
    expect(refused).toEqual([{ path: join(trash, name), why: expect.stringContaining("in the trash") }]);
    renameSync(join(trash, name), folderOf(name));
    expect(await discover(site, 0)).toMatchObject({ recorded: [name], refused: [] });
  });

  it("kill -9 while it records, again and again: in the end each snapshot is recorded once", async () => {
    const copies = multiply(site, `${(await site.snapshots("web1"))[0]?.name}`, 300);
    const all = site.onDisk("web1", "snapshots");
    await loseDatabase(site);
    await configure();
    const random = seededRandom(4);
    const counts: number[] = [];
    const recorded = async () => (await site.snapshots("web1")).length;
    // A command would look too late.
    const db = await openDatabase(site.world.environment.POBSYNC_DATABASE_URL ?? "");
    const onRecord = async () => (await listSnapshots(db)).length;
    while (counts.length < 8) {
      const command = site.pobsync.start("discover-snapshots", "--quiet");
      if (counts.length % 2 === 0)
        await waitUntil(async () => (await onRecord()) > (counts.at(-1) ?? 0), { what: "a record" });
      else await pause(100 + below(random, 200));
      command.child.kill("SIGKILL");
      await command.ended;
      counts.push(await recorded());
      if (counts.at(-1) === all.length) break;
    }
    await db.close();
    expect(counts[0], "the first was killed amid its work").toBeLessThan(all.length);
    const last = await discover(site, 0);
    expect(last.recorded.length + last.known).toBe(all.length);
    expect((await site.snapshots("web1")).map(({ name }) => name).sort()).toEqual(all);
    expect(await discover(site, 0)).toMatchObject({ found: all.length, recorded: [], known: all.length });
    for (const name of copies) rmSync(folderOf(name), { recursive: true });
    await loseDatabase(site);
    await configure();
    await discover(site, 0);
  });
});

describe("a snapshot that is not on the disk", () => {
  it("is missing, keeps its record, and is there again when it is brought back", async () => {
    const [newest, second] = await site.snapshots("web1");
    const name = `${newest?.name}`;
    const aside = site.pathOf("web1", "aside");
    renameSync(folderOf(name), aside);
    const text = await site.pobsync.run("discover-snapshots");
    expect(text.code).toBe(3);
    expect(text.stdout).toContain(`missing ${name}`);
    expect(text.stderr).toContain("1 snapshot of web1 is on record and not on the disk.");
    expect(await stateOf(name)).toBe("missing");
    expect(latest()).toBe(`snapshots/${second?.name}`);
    const again = await discover(site, 3, "--host", "web1");
    expect(again).toMatchObject({ missing: [name], recorded: [], returned: [] });
    const [run] = await site.runs();
    expect(run).toMatchObject({
      kind: "discover",
      status: "warning",
      warnings: [{ code: "snapshots_missing", detail: name }],
      result: { missing: [name] },
    });
    renameSync(aside, folderOf(name));
    expect(await discover(site, 0)).toMatchObject({ returned: [name], missing: [], recorded: [] });
    expect(await site.snapshots("web1")).toContainEqual(newest);
    expect(latest()).toBe(`snapshots/${name}`);
  });

  it("is one of all when the host's folder is gone, and none when the disk is", async () => {
    const before = [await site.snapshots("web1"), await site.runs()];
    const marker = join(site.world.backupRoot, ".pobsync-root");
    renameSync(site.pathOf("web1"), join(site.world.backupRoot, "aside"));
    renameSync(marker, `${marker}-aside`);
    const { code, json } = await site.pobsync.run("--json", "discover-snapshots");
    expect({ code, problem: json().problem.code }).toEqual({ code: 1, problem: "root_not_mounted" });
    expect([await site.snapshots("web1"), await site.runs()]).toEqual(before);
    renameSync(`${marker}-aside`, marker);
    const gone = await discover(site, 3);
    expect(gone).toMatchObject({ found: 0, known: 0, recorded: [] });
    expect(gone.missing).toHaveLength(before[0]?.length ?? 0);
    rmSync(site.pathOf("web1"), { recursive: true });
    renameSync(join(site.world.backupRoot, "aside"), site.pathOf("web1"));
    expect((await discover(site, 0)).returned).toHaveLength(before[0]?.length ?? 0);
    expect(await site.snapshots("web1")).toEqual(before[0]);
  });
});
