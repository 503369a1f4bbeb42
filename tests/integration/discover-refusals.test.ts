// What discover-snapshots refuses: whatever lies among the snapshots and is none. And who may look, and when.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BackupSite, makeSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { discover, multiply, siteWithSnapshots } from "../support/discovery.ts";
import { randomBytes, seededRandom } from "../support/random.ts";
import { runTool } from "../support/tool.ts";
import { treeFacts } from "../support/tree-facts.ts";
import { waitUntil } from "../support/wait-until.ts";

let site: BackupSite;
beforeAll(async () => {
  ({ site } = await siteWithSnapshots());
});
afterAll(() => site.world.dispose());

const folderOf = (name: string, ...parts: string[]) => site.pathOf("web1", "snapshots", name, ...parts);
const stateOf = async (name: string) =>
  (await site.snapshots("web1")).find((one) => one.name === name)?.state;

describe("what is no snapshot of the host", () => {
  it("is refused with the reason, and stays exactly as it is", async () => {
    const [good] = site.onDisk("web1", "snapshots") as [string];
    const own = readFileSync(folderOf(good, "snapshot.json"), "utf8");
    const known = (await site.snapshots("web1")).length;
    const expected: Record<string, string> = {};
    const plant = (number: number, why: string, text: string | null = own): string => {
      const name = `20250101T00000${number % 10}Z-manual-00000${number > 9 ? "b" : "a"}`;
      expected[folderOf(name)] = why;
      mkdirSync(folderOf(name, "data"), { recursive: true });
      const renamed = text === own ? own.replaceAll(good, name) : text;
      if (renamed !== null) writeFileSync(folderOf(name, "snapshot.json"), renamed);
      return name;
    };
    const noFile = "has a snapshot.json that is no plain, readable file of a sensible size";
    const unusable = "has a snapshot.json that cannot be used:";
    plant(0, "has no snapshot.json", null);
    symlinkSync(folderOf(good, "snapshot.json"), folderOf(plant(1, noFile, null), "snapshot.json"));
    await runTool("mkfifo", [folderOf(plant(2, noFile, null), "snapshot.json")]);
    truncateSync(folderOf(plant(3, noFile), "snapshot.json"), 65 * 1024 * 1024);
    plant(4, `${unusable} its version 2 is newer than this program`, '{"version":2}');
    plant(5, `${unusable} it is not JSON`, "");
    plant(
      6,
      'says that it is of the host "db1"',
      own.replace('"web1"', '"db1"').replace(`"${good}"`, "null"),
    );
    plant(7, `says that it is the snapshot "${good}"`, `${own} `);
    rmSync(folderOf(plant(8, "has no data folder"), "data"), { recursive: true });
    const linked = plant(9, "has a data that is a link, and links are not followed");
    rmSync(folderOf(linked, "data"), { recursive: true });
    symlinkSync(folderOf(good, "data"), folderOf(linked, "data"));
    const mounted = plant(10, "is another file system that is mounted there", null);
    rmSync(folderOf(plant(11, "is a link, and links are not followed")), { recursive: true });
    symlinkSync(good, folderOf("20250101T000001Z-manual-00000b"));
    rmSync(folderOf(plant(12, "is not a folder")), { recursive: true });
    writeFileSync(folderOf("20250101T000002Z-manual-00000b"), own);
    for (const name of ["notes", "20250231T000000Z-manual-00000a", "20250101T000000Z-manual-00000A"])
      symlinkSync("/etc", folderOf(name));
    writeFileSync(Buffer.from(`${folderOf("odd\n")}\xff`, "latin1"), "");
    for (const name of ["notes", "20250231T000000Z-manual-00000a", "20250101T000000Z-manual-00000A"])
      expected[folderOf(name)] = "is not named like a snapshot";
    expected[folderOf("odd\\n\\xff")] = "is not named like a snapshot";

    await runTool("mount", ["-t", "tmpfs", "tmpfs", folderOf(mounted)]);
    try {
      const before = await treeFacts(site.pathOf("web1", "snapshots"));
      const found = await discover(site, 0);
      const why = Object.fromEntries(found.refused.map((entry) => [entry.path, entry.why]));
      expect(why).toEqual(expected);
      expect(found).toMatchObject({ found: known, known, recorded: [], missing: [] });
      expect(compareTrees(before, await treeFacts(site.pathOf("web1", "snapshots")))).toEqual([]);
    } finally {
      await runTool("umount", [folderOf(mounted)]);
    }
    for (const path of Object.keys(expected)) rmSync(path, { recursive: true, force: true });
    rmSync(Buffer.from(`${folderOf("odd\n")}\xff`, "latin1"));
  });

  it("is not given up when it is on record and only its snapshot.json is damaged", async () => {
    const name = `${(await site.snapshots("web1"))[0]?.name}`;
    const file = folderOf(name, "snapshot.json");
    const own = readFileSync(file);
    writeFileSync(file, own.subarray(0, 100));
    const { missing, refused } = await discover(site, 0);
    expect(missing).toEqual([]);
    expect(refused).toEqual([{ path: folderOf(name), why: expect.stringContaining("it is not JSON") }]);
    expect(await stateOf(name)).toBe("complete");
    writeFileSync(file, own);
  });

  it("may be the folder of all snapshots: one that is a link is not looked into, and nothing is missing", async () => {
    const elsewhere = join(site.world.dir, "elsewhere");
    renameSync(site.pathOf("web1", "snapshots"), elsewhere);
    symlinkSync(elsewhere, site.pathOf("web1", "snapshots"));
    const found = await discover(site, 0);
    expect(found).toMatchObject({ found: 0, missing: [] });
    expect(found.refused).toEqual([
      { path: site.pathOf("web1", "snapshots"), why: "is a link, and links are not followed" },
    ]);
    rmSync(site.pathOf("web1", "snapshots"));
    renameSync(elsewhere, site.pathOf("web1", "snapshots"));
  });
});

describe("looking at the disk", () => {
  it("with --dry-run says the same and changes nothing, not even the history", async () => {
    const [name] = multiply(site, `${(await site.snapshots("web1"))[0]?.name}`, 1) as [string];
    const before = [await site.snapshots("web1"), await site.runs()];
    const found = await discover(site, 0, "--dry-run");
    expect(found).toMatchObject({ recorded: [name], hosts: [{ run: null }] });
    expect([await site.snapshots("web1"), await site.runs()]).toEqual(before);
    await site.ok("configure-host", "web1", "--disable");
    expect(await discover(site, 0), "of a disabled host").toMatchObject({ recorded: [name] });
    rmSync(folderOf(name), { recursive: true });
    expect(await discover(site, 3, "--dry-run")).toMatchObject({ missing: [name] });
    expect(await stateOf(name)).toBe("complete");
    await site.ok("configure-host", "web1", "--enable");
  });

  it("waits for nobody: a host that is being backed up is busy, and among all hosts it is passed over", async () => {
    const big = join(site.world.hostDir, "big");
    writeFileSync(big, randomBytes(seededRandom(1), 12_000_000));
    await site.configureHost("slow", null, "--source", big, "--bwlimit", "3M");
    const backup = site.pobsync.start("backup", "slow", "--json");
    await waitUntil(() => existsSync(site.pathOf("slow", "incomplete")), { what: "the backup to begin" });
    const refused = await site.pobsync.run("--json", "discover-snapshots", "--host", "slow");
    expect({ code: refused.code, problem: refused.json().problem.code }).toEqual({
      code: 4,
      problem: "host_busy",
    });
    const all = await discover(site, 3);
    expect(all.hosts.find(({ host }) => host === "slow")).toMatchObject({
      run: null,
      problem: { code: "host_busy" },
    });
    expect(all.hosts.find(({ host }) => host === "web1")).toMatchObject({ problem: null });
    expect((await backup.ended).code).toBe(0);
  });

  it("of a host that nobody knows is refused; without hosts it says what to do", async () => {
    const { code, stderr } = await site.pobsync.run("discover-snapshots", "--host", "nobody");
    expect(code).toBe(5);
    expect(stderr).toContain('There is no host "nobody".');
    const empty = await makeSite();
    const text = await empty.ok("discover-snapshots");
    expect(text.stdout).toContain("pobsync configure-host NAME --address ADDRESS");
    await empty.world.dispose();
  });
});
