// Moving the history of another tool into the backup root: its trees become snapshots like any other, and none is ever lost.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Adopting, age, day, makeAdopting } from "../support/adopting.ts";
import type { BackupSite } from "../support/backup-site.ts";
import { compareTrees } from "../support/compare-trees.ts";
import { loseDatabase } from "../support/discovery.ts";
import { below, seededRandom } from "../support/random.ts";
import { withSmallDisk } from "../support/small-disk.ts";
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

describe("moved", () => {
  it("a tree becomes a snapshot like any other: the base of the next backup, and it may be pruned", async () => {
    await adopting.configure("move1");
    const dir = adopting.folder("moved");
    for (const name of ["2024-01-01", "2024-01-02"]) {
      await runTool("cp", ["-a", source, join(dir, name)]);
      age(join(dir, name), 1);
    }
    const inode = statSync(join(dir, "2024-01-02", "file")).ino;
    const facts = await treeFacts(join(dir, "2024-01-02"));
    const order = ["plain", dir, "--of", source, "--move"];
    const refused = await site.pobsync.run("discover-snapshots", "--host", "move1", "--adopt", ...order);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`${join(dir, "2024-01-01")} becomes 20240101T`);
    expect(readdirSync(dir)).toHaveLength(2);
    const found = await adopting.adopt(0, "move1", ...order, "--yes");
    expect(found).toMatchObject({ found: 2, refused: [] });
    expect(readdirSync(dir)).toEqual([]);
    const [, second] = await adopting.ofHost("move1");
    expect(second).toMatchObject({ name: found.recorded[1], adoptedFrom: null });
    expect(compareTrees(facts, await treeFacts(join(second?.dataPath ?? "", source)))).toEqual([]);
    const said = readFileSync(join(second?.path ?? "", "snapshot.json"), "utf8");
    expect(JSON.parse(said).adopted).toMatchObject({ path: join(dir, "2024-01-02"), moved: true });
    const { run, snapshot } = await site.backUp("move1");
    expect(run.base).toBe(second?.name);
    expect(statSync(join(snapshot.dataPath, source, "file")).ino).toBe(inode);
    await site.ok("configure-host", "move1", "--keep-last", "1");
    const plan = (await site.ok("--json", "retention", "move1")).json();
    expect(plan.remove).toHaveLength(2);
  });

  it("rsnapshot's other hosts keep the times of their backups", async () => {
    const root = adopting.folder("shared");
    for (const host of ["left", "right"])
      for (const number of [0, 1])
        writeFileSync(join(adopting.folder("shared", `daily.${number}`, host), "file"), "content");
    for (const number of [0, 1]) age(join(root, `daily.${number}`), 9 - number);
    await adopting.configure("left");
    await adopting.adopt(0, "left", "rsnapshot", root, "--move", "--yes");
    await adopting.configure("right");
    await adopting.adopt(0, "right", "rsnapshot", root);
    const times = async (host: string) => (await adopting.ofHost(host)).map(({ startedAt }) => startedAt);
    const expected = [8, 9].map((number) => day(number).toISOString());
    expect([await times("left"), await times("right")]).toEqual([expected, expected]);
  });

  it("a tree on another disk stays there, with the reason and what to do", async () => {
    await adopting.configure("disk1");
    await withSmallDisk({ megabytes: 4 }, async (disk) => {
      mkdirSync(join(disk, "2024-01-01"));
      writeFileSync(join(disk, "2024-01-01", "file"), "content");
      const { refused, found } = await adopting.adopt(0, "disk1", "plain", disk, "--move", "--yes");
      expect(found).toBe(0);
      expect(refused).toEqual([
        { path: join(disk, "2024-01-01"), why: expect.stringContaining("is on another file system") },
      ]);
      expect(readdirSync(disk)).toEqual(["2024-01-01"]);
      expect(await adopting.adopt(0, "disk1", "plain", disk)).toMatchObject({ found: 1, refused: [] });
    });
  });

  it("kill -9 at any moment, again and again: no tree is lost, and in the end each is a snapshot", async () => {
    const host = "kill1";
    await adopting.configure(host);
    const count = 120;
    const dir = adopting.plainTrees("killed", count);
    const random = seededRandom(7);
    const order = ["--host", host, "--adopt", "plain", dir, "--of", "/srv", "--move", "--yes"];
    const left = () => readdirSync(dir).length;
    /** The number in each tree that lies anywhere, in order. */
    const numbers = (): number[] => {
      const of = (path: string) => Number(readFileSync(join(path, "sub", "number"), "utf8"));
      const inside = (where: "snapshots" | "incomplete") =>
        site
          .onDisk(host, where)
          .map((name) => site.pathOf(host, where, name, "data", "srv"))
          .filter(existsSync);
      const trees = [
        ...readdirSync(dir).map((name) => join(dir, name)),
        ...inside("snapshots"),
        ...inside("incomplete"),
      ];
      return trees.map(of).sort((a, b) => a - b);
    };
    const all = numbers();
    expect(all).toHaveLength(count);
    let amid = 0;
    for (let round = 0; round < 25 && left() > 0; round++) {
      const before = left();
      const command = site.pobsync.start("discover-snapshots", "--quiet", ...order);
      while (left() === before && command.child.exitCode === null) await pause(1);
      await pause(below(random, 30));
      command.child.kill("SIGKILL");
      await command.ended;
      expect(numbers()).toEqual(all);
      if (site.onDisk(host, "incomplete").length > 0) amid += 1;
    }
    expect(amid, "some were killed between the steps").toBeGreaterThan(0);
    const last = await site.pobsync.run(
      "--json",
      "discover-snapshots",
      ...(left() > 0 ? order : ["--host", host]),
    );
    expect(last.code, last.stderr).toBe(0);
    expect(last.json()).toMatchObject({ found: count, missing: [], refused: [] });
    expect(numbers()).toEqual(all);
    expect([left(), site.onDisk(host, "incomplete")]).toEqual([0, []]);
    const snapshots = await adopting.ofHost(host);
    expect(snapshots.map(({ name }) => name)).toEqual(site.onDisk(host, "snapshots"));
    expect(snapshots.every(({ adoptedFrom, state }) => adoptedFrom === null && state === "complete")).toBe(
      true,
    );
  });

  it("what an interrupted move left is finished by any look, and survives a backup before that", async () => {
    const host = "left1";
    await adopting.configure(host);
    const dir = adopting.plainTrees("leftover", 1);
    await adopting.adopt(0, host, "plain", dir, "--move", "--yes");
    const [name] = site.onDisk(host, "snapshots") as [string];
    const aside = site.pathOf(host, "incomplete", `adopt-${name}`);
    renameSync(site.pathOf(host, "snapshots", name), aside);
    await loseDatabase(site);
    await adopting.configure(host);
    await site.backUp(host);
    await site.backUp(host);
    expect(existsSync(join(aside, "data", "sub", "number"))).toBe(true);
    const look = ["--json", "discover-snapshots", "--host", host];
    expect((await site.ok(...look, "--dry-run")).json().refused).toEqual([
      { path: aside, why: expect.stringContaining("an adoption that was interrupted") },
    ]);
    expect((await site.ok(...look)).json()).toMatchObject({ recorded: [name], found: 3, refused: [] });
    expect(site.onDisk(host, "incomplete")).toEqual([]);
    // One without its tree is taken away; one with something else in it stays for a person to look at.
    mkdirSync(join(aside, "data"), { recursive: true });
    writeFileSync(join(aside, "data", "file"), "somebody's");
    expect((await site.ok(...look)).json().refused).toEqual([
      { path: aside, why: expect.stringContaining("look at it") },
    ]);
    expect(readFileSync(join(aside, "data", "file"), "utf8")).toBe("somebody's");
  });
});
